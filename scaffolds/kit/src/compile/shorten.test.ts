import { expect, test } from 'vitest';
import { shortenInput } from './shorten.ts';

const long = (words: string): string =>
  `${words} ${'It goes on about much else. '.repeat(12)}Default is 30 seconds.`;

test('a schema within the budget stays as it is', () => {
  const schema = { type: 'object', properties: { a: { description: long('A.') } } };
  expect(shortenInput(schema)).toBe(schema);
});

test('over the budget the words of types go first: first sentences, defaults and units stay, and every keyword does', () => {
  const member = { type: 'string', enum: ['x', 'y'], default: 'x', description: long('How long to wait.') };
  const types = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`T${n}`, { properties: { description: member } }]),
  );
  const schema = { type: 'object', properties: { body: { description: long('The body.') } }, $defs: types };
  const shorter = shortenInput(schema);
  expect(shorter.properties).toEqual(schema.properties);
  expect(shorter.$defs['T7']).toEqual({
    properties: {
      description: { ...member, description: 'How long to wait. Default is 30 seconds.' },
    },
  });
});

test('what is still too large loses the words of types before those of its own properties', () => {
  const types = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [
      `Type${n}`,
      { type: 'object', description: `Number ${n} of them, a long one. `.repeat(8) },
    ]),
  );
  const schema = {
    type: 'object',
    properties: { id: { type: 'string', description: 'The id.' } },
    $defs: types,
  };
  const shorter = shortenInput(schema);
  expect(Object.keys(shorter.$defs)).toHaveLength(400);
  expect(shorter.properties).toEqual(schema.properties);
  expect(JSON.stringify(shorter).length).toBeLessThan(20_000);
});
