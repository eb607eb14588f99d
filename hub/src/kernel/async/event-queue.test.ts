import { expect, test } from 'vitest';
import { listenTo } from './event-queue.ts';

test('events are read in order, those of one go together, and then the end', async () => {
  const read: number[] = [];
  const told = listenTo<number>(async (tell) => {
    tell(1);
    tell(2);
    await Promise.resolve();
    tell(3);
  });
  for await (const event of told) read.push(event);
  expect(read).toEqual([1, 2, 3]);
});

test('what was told before a failure is read before it', async () => {
  const read: number[] = [];
  const told = listenTo<number>(async (tell) => {
    tell(1);
    throw new Error('broken');
  });
  await expect(async () => {
    for await (const event of told) read.push(event);
  }).rejects.toThrow('broken');
  expect(read).toEqual([1]);
});

test('a reader that stops ends the telling and waits for its end; nothing begins before the first read', async () => {
  const steps: string[] = [];
  const told = listenTo<number>(async (tell, left) => {
    steps.push('begun');
    tell(1);
    await new Promise((resolve) => left.addEventListener('abort', resolve));
    await Promise.resolve();
    tell(2);
    steps.push('ended');
    throw new Error('nobody hears it');
  });
  expect(steps).toEqual([]);
  for await (const event of told) {
    steps.push(`read ${event}`);
    break;
  }
  expect(steps).toEqual(['begun', 'read 1', 'ended']);
});

test('an asker that aborts ends the telling, and the reader hears why', async () => {
  const asker = new AbortController();
  const told = listenTo<number>(async (tell, stop) => {
    tell(1);
    await new Promise((resolve) => stop.addEventListener('abort', resolve));
    throw stop.reason;
  }, asker.signal);
  await expect(async () => {
    for await (const event of told) asker.abort(new Error(`enough after ${event}`));
  }).rejects.toThrow('enough after 1');
});
