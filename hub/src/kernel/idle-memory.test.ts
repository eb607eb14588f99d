import { expect, test } from 'vitest';
import type { Clock } from './clock.ts';
import { tidyWhenIdle } from './idle-memory.ts';

/** A clock and a processor that are moved by hand. */
function machine() {
  let due: (() => void) | undefined;
  let spent = 0;
  let collected = 0;
  const clock: Clock = {
    now: () => 0,
    after: (_, act) => {
      due = act;
      return () => (due = undefined);
    },
  };
  const stop = tidyWhenIdle({ clock, cpuUs: () => spent, collect: () => (collected += 1) });
  const second = (usedUs: number): number => {
    spent += usedUs;
    due?.();
    return collected;
  };
  return { second, stop };
}

test('memory is given back once, when work is over, and not while it goes on', () => {
  const { second } = machine();
  expect([900_000, 900_000, 1_000, 1_000].map(second)).toEqual([0, 0, 1, 1]);
  expect([500_000, 1_000].map(second)).toEqual([1, 2]);
});

test('what little an idle hub does adds up before it is worth a collection', () => {
  const { second } = machine();
  expect(second(1_000)).toBe(0);
  const looks = Array.from({ length: 60 }, () => second(10_000));
  expect(looks.indexOf(1)).toBeGreaterThan(25);
  expect(looks.at(-1)).toBe(2);
});

test('nothing is collected after the end', () => {
  const { second, stop } = machine();
  second(900_000);
  stop();
  expect(second(1_000)).toBe(0);
});

test('the collector of V8 is found and runs', () => {
  const acts: (() => void)[] = [];
  const clock: Clock = { now: () => 0, after: (_, act) => (acts.push(act), () => undefined) };
  const times = [0, 1_000_000, 1_000_001, 1_000_002];
  tidyWhenIdle({ clock, cpuUs: () => times.shift() ?? 2_000_000 });
  acts[0]?.();
  expect(() => acts[1]?.()).not.toThrow();
});
