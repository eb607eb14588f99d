import { expect, test } from 'vitest';
import { giveBack } from './spent-bytes.ts';

test('buffers with memory of their own are empty afterwards; parts of others and small ones stay', () => {
  const own = Buffer.from(new ArrayBuffer(64 * 1024));
  const small = Buffer.from(new ArrayBuffer(16));
  const shared = Buffer.from(new ArrayBuffer(64 * 1024));
  giveBack([own, small, shared.subarray(1), own]);
  expect([own.length, small.length, shared.length]).toEqual([0, 16, 64 * 1024]);
});

test('a line is given back without its end, and left where more follows it', () => {
  const chunk = Buffer.from(new ArrayBuffer(64 * 1024));
  giveBack([chunk.subarray(0, -3)]);
  expect(chunk.length).toBe(64 * 1024);
  giveBack([chunk.subarray(0, -2)]);
  expect(chunk.length).toBe(0);
});
