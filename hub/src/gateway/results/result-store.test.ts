import { expect, test } from 'vitest';
import type { Clock } from '../../kernel/clock.ts';
import { ResultStore } from './result-store.ts';

function setUp() {
  let now = 0;
  const timers: { at: number; task: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(delayMs, task) {
      timers.push({ at: now + delayMs, task });
      return () => timers.splice(0);
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const { task } of timers.splice(0).filter(({ at }) => at <= now)) task();
  };
  return { pass, timers, store: new ResultStore({ clock, maxKeptChars: 100, keptResultMs: 1_000 }) };
}

test('a result is there for its own client until nobody has read it for long', () => {
  const { pass, store, timers } = setUp();
  const id = store.keep('ada', 'text') ?? '';
  pass(900);
  expect([store.read('ada', id), store.read('bob', id), store.read('ada', 'r-1')]).toEqual([
    'text',
    undefined,
    undefined,
  ]);
  pass(900);
  expect(store.read('ada', id)).toBe('text');
  pass(1_000);
  expect(store.read('ada', id)).toBeUndefined();
  expect(timers).toEqual([]);
});

test('it is bounded: the oldest go first, one client has half of it at most, and what is larger is not kept', () => {
  const { store } = setUp();
  const keep = (client: string, size: number): string => store.keep(client, 'x'.repeat(size)) ?? '';
  const [first, second] = [keep('ada', 30), keep('ada', 20)];
  expect(store.read('ada', first)?.length).toBe(30);
  const third = keep('ada', 15);
  expect([first, second, third].map((id) => store.read('ada', id)?.length)).toEqual([30, undefined, 15]);
  const others = [keep('bob', 40), keep('cyd', 40)];
  expect([first, third].map((id) => store.read('ada', id)?.length)).toEqual([undefined, 15]);
  expect(others.every((id) => id !== '')).toBe(true);
  expect(store.keep('dan', 'x'.repeat(51))).toBeUndefined();
});
