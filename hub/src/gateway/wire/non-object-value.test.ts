import { expect, test } from 'vitest';
import { wrapPassing } from './non-object-value.ts';

const HEAD = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"';

/** What passes of a frame whose rest comes in parts of so many bytes. */
function passed(frame: string, size: number): string | undefined {
  const bytes = Buffer.from(frame);
  const head = bytes.subarray(0, HEAD.length);
  const pass = wrapPassing(head);
  if (!pass) return undefined;
  const parts: Buffer[] = [head];
  for (let at = head.length; at < bytes.length; at += size)
    parts.push(pass(Buffer.from(bytes.subarray(at, at + size))));
  return Buffer.concat(parts).toString();
}

const frameWith = (value: string): string =>
  `${HEAD}\\"structuredContent\\":[1]"}],"structuredContent":${value},"_meta":{"structuredContents":1}}}`;
const SIZES = [1, 2, 7, 19, 64, 10_000];

test.each(['[1,{"a":"]}\\"ü"},[]]', ' "a, } \\\\"', '7', 'null', 'true'])(
  'a value that is no object stands under a name, wherever the parts are cut (%s)',
  (value) => {
    const blank = value.length - value.trimStart().length;
    const wrapped = frameWith(`${' '.repeat(blank)}{"result":${value.trimStart()}}`);
    for (const size of SIZES) expect(passed(frameWith(value), size)).toBe(wrapped);
  },
);

test('a value at the very end is closed before the result is', () => {
  const frame = `${HEAD}"}],"structuredContent":[1]}}`;
  for (const size of SIZES) expect(passed(frame, size)).toBe(frame.replace('[1]', '{"result":[1]}'));
});

test('an object, and an answer without a value, pass as they are', () => {
  for (const frame of [frameWith('{"a":[1]}'), `${HEAD}"}]}}`])
    for (const size of SIZES) expect(passed(frame, size)).toBe(frame);
});

test('what begins in the head must be whole, unless it is an object', () => {
  const begun = (value: string) => Buffer.from(`{"id":1,"result":{"structuredContent":${value}`);
  expect(wrapPassing(begun('[1'))).toBeUndefined();
  expect(wrapPassing(begun(''))).toBeUndefined();
  expect(wrapPassing(begun('{'))?.(Buffer.from('"structuredContent":[1]'))).toEqual(
    Buffer.from('"structuredContent":[1]'),
  );
});
