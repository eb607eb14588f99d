import { expect, test } from 'vitest';
import { begunAtEnd } from './begun-at-end.ts';

test('the longest end of a text that a word begins with is counted, and a whole word is none', () => {
  const words = ['</think>', '<|end|>'];
  const counted = ['', 'a', 'a <', '</', 'x<|en', '<</thin', '</think>', '</think><'];
  expect(counted.map((text) => begunAtEnd(text, words))).toEqual([0, 0, 1, 2, 4, 6, 0, 1]);
  expect(begunAtEnd('<', [])).toBe(0);
});
