import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hubError } from '@counterpart/schemas';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../kernel/clock.ts';
import { Beginning, followBegun } from './beginning.ts';
import { Journal } from './journal.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A stream of which nothing is known yet, a client that waits for it, and the clock by which it waits. */
async function asked() {
  const beginning = new Beginning();
  const deserted = Promise.withResolvers<void>();
  const journal = new Journal({ keptBytes: 0, deserted: deserted.resolve });
  const timers = new Set<{ readonly delayMs: number; readonly task: () => void }>();
  const clock: Clock = {
    now: () => 0,
    after(delayMs, task) {
      const timer = { delayMs, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const arrived = Promise.withResolvers<void>();
  server = createServer((req, res) => {
    followBegun(req, res, { journal, beginning, clock, headers: { 'x-request-id': 'one' } });
    arrived.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const leaving = new AbortController();
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const answer = fetch(`http://127.0.0.1:${port}`, { signal: leaving.signal });
  await arrived.promise;
  return { beginning, journal, timers, answer, leaving, deserted: deserted.promise };
}

const problem = hubError('MODEL_OVER_QUOTA', { model: 'm', detail: 'wait', retryAfterMs: 2_000 });

test('a stream begins with its first word, and what was written before comes with it', async () => {
  const { beginning, journal, timers, answer } = await asked();
  journal.append('data: routed\n\n');
  beginning.tell({ type: 'routed', decision: {} as never }); // What was decided is not looked at.
  expect(timers.size).toBe(1);
  journal.append('data: word\n\n');
  beginning.tell({ type: 'text', delta: 'word' });
  beginning.settle(problem);
  journal.end();
  const response = await answer;
  expect([response.status, response.headers.get('x-request-id'), timers.size]).toEqual([200, 'one', 0]);
  expect(await response.text()).toBe('data: routed\n\ndata: word\n\n');
});

test('one that fails before is an error with its status, and one that says nothing for long begins all the same', async () => {
  const failed = await asked();
  failed.beginning.settle(problem);
  const refused = await failed.answer;
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
  expect(await refused.json()).toMatchObject({ error: { code: 'MODEL_OVER_QUOTA' } });
  server?.close();
  const slow = await asked();
  for (const { delayMs, task } of slow.timers) if (delayMs < 15_000) task();
  expect((await slow.answer).status).toBe(200);
  slow.journal.end();
});

test('a client that leaves before the first word was a follower that left', async () => {
  const { answer, leaving, deserted, beginning, timers } = await asked();
  leaving.abort();
  await expect(answer).rejects.toThrow(/abort/);
  await deserted;
  beginning.settle();
  expect(timers.size).toBe(0);
});
