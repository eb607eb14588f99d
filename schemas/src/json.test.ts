import { expect, test } from 'vitest';
import { canonicalJson, isSameJson, writeCanonicalJson } from './json.ts';

test('canonical JSON sorts the keys, leaves out what is undefined, and has no blanks', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined, A: {}, c: [] })).toBe(
    '{"A":{},"b":[1,{"c":"é","d":null}],"c":[]}',
  );
});

test('canonical JSON of a large value is handed on in pieces that make the same text', () => {
  const value = Array.from({ length: 20_000 }, (_, index) => ({ name: `item ${index}`, index }));
  const pieces: string[] = [];
  writeCanonicalJson(value, (piece) => pieces.push(piece));
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join('')).toBe(canonicalJson(value));
});

const VALUES: readonly unknown[] = [
  null,
  0,
  '',
  false,
  [],
  {},
  [null],
  [[]],
  { a: 1 },
  { a: 2 },
  { b: 1 },
  { a: 1, b: undefined },
  { a: [1, 2] },
  { a: [2, 1] },
  { a: { b: [{}] } },
  JSON.parse('{"__proto__":{"a":1}}'),
];

test('values are the same exactly when their canonical JSON is', () => {
  for (const a of VALUES)
    for (const b of VALUES)
      expect(isSameJson(a, b), `${canonicalJson(a)} ${canonicalJson(b)}`).toBe(
        canonicalJson(a) === canonicalJson(b),
      );
});
