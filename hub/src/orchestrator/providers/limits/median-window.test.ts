import { expect, test } from 'vitest';
import { MedianWindow } from './median-window.ts';

test('the median is that of the last values, in whatever order they came, and between two where their number is even', () => {
  const window = new MedianWindow(4);
  expect(window.median).toBeUndefined();
  const medians = [5, 1, 3, 3, 9, 0.04, 5, 5].map((value) => {
    window.add(value);
    return window.median;
  });
  expect(medians).toEqual([5, 3, 3, 3, 3, 3, 4, 5]);
});
