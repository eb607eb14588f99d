import { expect, test } from 'vitest';
import { type Circuit, CLOSED, enter, failed, leftOpen } from './breaker.ts';
import { fullBucket, giveBack, rateOf, take } from './bucket.ts';
import { Slots } from '../../../kernel/async/slots.ts';
import { Statistics } from './statistics.ts';

const afterFailures = (count: number, now: number, circuit: Circuit = CLOSED): Circuit =>
  Array.from({ length: count }).reduce<Circuit>((state) => failed(state, now), circuit);

test('a circuit opens after five failures in a row, lets one question try, and waits longer each time', () => {
  expect(enter(afterFailures(4, 0), 0).retryAt).toBeUndefined();
  const open = afterFailures(5, 0);
  expect(enter(open, 4_999).retryAt).toBe(5_000);
  const trying = enter(open, 5_000).circuit;
  expect(trying.state).toBe('trying');
  expect(enter(trying, 5_001).retryAt).toBeGreaterThan(5_001);
  expect(enter(failed(trying, 6_000), 6_001).retryAt).toBe(16_000);
});

test('who tried and went away leaves the try to the next, and late failures change nothing', () => {
  const open = afterFailures(5, 0);
  expect(failed(open, 10)).toEqual(open);
  const left = leftOpen(enter(open, 5_000).circuit, 5_100);
  expect(enter(left, 5_100).retryAt).toBeUndefined();
  expect(enter(enter(open, 5_000).circuit, 60_000).retryAt).toBeUndefined();
});

test('a bucket gives a tenth of a minute at once, then at its rate, in order', () => {
  const rate = rateOf(60);
  let bucket = fullBucket(rate, 0);
  const waits = Array.from({ length: 8 }, () => {
    const taken = take(bucket, rate, 0);
    bucket = taken.bucket;
    return taken.waitMs;
  });
  expect(waits).toEqual([0, 0, 0, 0, 0, 0, 1_000, 2_000]);
  expect(take(giveBack(bucket, rate), rate, 0).waitMs).toBe(2_000);
  expect(take(bucket, rate, 60_000).waitMs).toBe(0);
});

test('slots are given in order, at most so many, and never to one who left', async () => {
  const slots = new Slots(1);
  const never = new AbortController().signal;
  const first = await slots.take(never);
  const impatient = new AbortController();
  const [second, third] = [slots.take(impatient.signal), slots.take(never)];
  impatient.abort();
  expect(await second).toBeUndefined();
  first?.();
  first?.();
  const last = await third;
  expect([slots.taken, slots.waiting]).toEqual([1, 0]);
  last?.();
  expect(slots.taken).toBe(0);
});

test('statistics are medians of the last answers', () => {
  const statistics = new Statistics();
  expect(statistics.firstTokenMs).toBeUndefined();
  for (const firstTokenMs of [10, 1_000, 20])
    statistics.record({ firstTokenMs, streamMs: 1_000, outputTokens: 11 });
  expect([statistics.firstTokenMs, statistics.tokensPerSecond]).toEqual([20, 10]);
  statistics.record({ firstTokenMs: 40, streamMs: 1_000, outputTokens: 41 });
  expect([statistics.firstTokenMs, statistics.tokensPerSecond]).toEqual([30, 10]);
});
