import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Asking, Passage } from '../relay/passage.ts';
import { ParkedCall } from './parked-call.ts';

/** Time that passes when a test says so. */
class HandClock implements Clock {
  #now = 0;
  readonly #tasks = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    this.#tasks.set(task, this.#now + delayMs);
    return () => void this.#tasks.delete(task);
  }

  move(ms: number): void {
    this.#now += ms;
    for (const [task, at] of this.#tasks) {
      if (at > this.#now || !this.#tasks.delete(task)) continue;
      task();
    }
  }
}

const passage: Passage = {
  idText: '1',
  caller: { era: 'modern', capabilities: {} },
  view: { kind: 'all' },
  channel: { streams: true, send: () => true, finish: () => undefined, drop: () => undefined },
  ask: () => Promise.reject(new Error('not used')),
  metaText: '{}',
  done: () => undefined,
};

/** A call that notes what its client is answered. */
class NotedCourse implements Asking {
  readonly server = 's';
  readonly request = { method: 'tools/call', params: {} };
  readonly passage = passage;
  readonly results: unknown[] = [];
  hasClient = true;
  lacking = undefined;
  recheck = () => undefined;
  onEnd = undefined;
  cancelled: string | undefined;
  cancel(reason?: string): void {
    this.cancelled = reason;
  }
  detach(resultText: string): void {
    this.hasClient = false;
    this.results.push(JSON.parse(resultText));
  }
  attach(): void {
    this.hasClient = true;
  }
}

function setUp() {
  const clock = new HandClock();
  const course = new NotedCourse();
  const seal = (round: number, expires: number) => `${round} until ${expires}`;
  const parked = new ParkedCall(course, { clock, metaText: '{}', answerMs: 1_000, seal });
  const ask = (message: string, signal = new AbortController().signal) =>
    parked.ask({ method: 'elicitation/create', params: { message } }, signal);
  return { clock, course, parked, ask };
}

const Round = z.object({ inputRequests: z.record(z.string(), z.unknown()) });
const form = (message: string) => ({ method: 'elicitation/create', params: { message } });

test('questions of one breath are one round, and what is left unanswered is asked again under its key', async () => {
  const { clock, course, parked, ask } = setUp();
  const answers = [ask('a'), ask('b')];
  clock.move(30);
  expect(course.results).toEqual([
    {
      resultType: 'input_required',
      inputRequests: { 'elicitation-1': form('a'), 'elicitation-2': form('b') },
      requestState: '1 until 1030',
      _meta: {},
    },
  ]);
  parked.resume(passage, undefined, { 'elicitation-1': { action: 'accept' }, unknown: {} });
  expect(await answers[0]).toEqual({ action: 'accept' });
  expect(parked.isAt(1)).toBe(false);
  clock.move(30);
  expect(course.results[1]).toMatchObject({
    inputRequests: { 'elicitation-2': form('b') },
    requestState: '2 until 1060',
  });
  expect([parked.isAt(1), parked.isAt(2)]).toEqual([false, true]);
});

test('a round waits for a slow server from question to question, and no longer than its bound', () => {
  const { clock, course, ask } = setUp();
  for (const message of ['a', 'b', 'c', 'd', 'e', 'f']) {
    void ask(message);
    clock.move(29);
  }
  expect(course.results).toHaveLength(1);
  expect(Object.keys(Round.parse(course.results[0]).inputRequests)).toHaveLength(6);
});

test('a client that stays away is waited for no longer than was said', async () => {
  const { clock, course, ask } = setUp();
  const answer = ask('a');
  clock.move(30);
  clock.move(999);
  expect(course.cancelled).toBeUndefined();
  clock.move(1);
  await expect(answer).rejects.toThrow('took too long');
  await new Promise(setImmediate);
  expect(course.cancelled).toBe('the client took too long to answer');
});

test('a question that the server takes back is not put to the client', async () => {
  const { clock, course, ask } = setUp();
  const controller = new AbortController();
  const answer = ask('a', controller.signal);
  controller.abort();
  await expect(answer).rejects.toThrow('taken back');
  clock.move(30);
  expect(course.results).toEqual([]);
});
