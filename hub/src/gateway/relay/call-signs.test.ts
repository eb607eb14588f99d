import { expect, test } from 'vitest';
import { SignWatch } from './call-signs.ts';

const seenIn = (parts: readonly string[]): boolean => {
  const watch = new SignWatch();
  for (const part of parts) watch.see(Buffer.from(part));
  return watch.seen;
};

test.each(['"isError"', 'counterpart/drift'])('the mark %s is seen however an answer is cut', (mark) => {
  const answer = `{"content":[],"_meta":{"x":1},${mark}:true}`;
  const from = answer.indexOf(mark);
  for (let first = from - 2; first < from + mark.length + 2; first++)
    for (let second = first; second < from + mark.length + 2; second++)
      expect(seenIn([answer.slice(0, first), answer.slice(first, second), answer.slice(second)])).toBe(true);
  expect(seenIn(answer.split(''))).toBe(true);
});

test('what stands in pieces with something between them is no mark', () => {
  expect(seenIn(['"isE', 'x', 'rror"'])).toBe(false);
  expect(seenIn(['"isError', "'"])).toBe(false);
});
