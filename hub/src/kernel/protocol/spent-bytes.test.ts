import { expect, test, vi } from 'vitest';
import { giveBack, lend } from './spent-bytes.ts';

const A = 0x61;

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

test('what was lent is lent again, and who still has it finds it empty', () => {
  const line = lend(300_000);
  line.fill(A);
  const part = line.subarray(0, 290_000);
  giveBack([part]);
  expect([line.length, part.length]).toEqual([0, 0]);
  // Other tests may have left memory of the same size.
  const next = Array.from({ length: 20 }, () => lend(300_000));
  expect(next.filter((memory) => memory.subarray(0, 300_000).every((byte) => byte === A))).toHaveLength(1);
  giveBack([...next, ...next]);
  expect(next.every(({ length }) => length === 0)).toBe(true);
});

test('what waits to be lent again is bounded, and memory of an odd size does not wait', () => {
  const { arrayBuffers } = process.memoryUsage();
  giveBack(Array.from({ length: 8 }, () => lend(4_000_000)));
  expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(17_000_000);
  const odd = lend(6_000_000);
  expect(odd).toHaveLength(6_000_000);
  giveBack([odd]);
  expect(odd).toHaveLength(0);
});

test('memory that is lent and given back all the time is not forgotten each time', async () => {
  vi.resetModules();
  const own = await import('./spent-bytes.ts');
  vi.useFakeTimers();
  try {
    for (let times = 0; times < 100; times += 1) own.giveBack([own.lend(300_000)]);
    expect(vi.getTimerCount()).toBe(1);
    vi.runAllTimers();
    own.giveBack([own.lend(300_000)]);
    expect(vi.getTimerCount()).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});
