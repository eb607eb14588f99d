import { expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { optimiseOnceStarted } from './optimise.ts';
import { changeV8Flags } from './v8-flags.ts';

/** A hub that starts: its clock, its processor and its callers are moved by hand. */
function starting() {
  let due: (() => void) | undefined;
  let spent = 0;
  let optimised = 0;
  let called = false;
  const clock: Clock = {
    now: () => 0,
    after: (_, act) => {
      due = act;
      return () => (due = undefined);
    },
  };
  const stop = optimiseOnceStarted({
    clock,
    isServing: () => called,
    cpuUs: () => spent,
    optimise: () => (optimised += 1),
  });
  const look = (usedUs: number): number => {
    spent += usedUs;
    const act = due;
    due = undefined;
    act?.();
    return optimised;
  };
  return { look, stop, call: () => (called = true) };
}
const looks = (count: number, look: () => number): number[] => Array.from({ length: count }, look);

test('code is optimised once the hub is idle for a second, and that once', () => {
  const { look } = starting();
  expect(looks(10, () => look(100_000)).at(-1)).toBe(0);
  expect(looks(9, () => look(1_000)).at(-1)).toBe(0);
  expect([look(1_000), look(1_000)]).toEqual([1, 1]);
});

test('whoever calls while the hub still starts has its code optimised at the next look', () => {
  const { look, call } = starting();
  expect(look(100_000)).toBe(0);
  call();
  expect(look(100_000)).toBe(1);
});

test('a start that never comes to rest is over after a minute', () => {
  const { look } = starting();
  const all = looks(700, () => look(100_000));
  expect([all.indexOf(1), all.at(-1)]).toEqual([599, 1]);
});

test('nothing is optimised after the end', () => {
  const { look, stop, call } = starting();
  call();
  stop();
  expect(look(0)).toBe(0);
});

test('the flags of a V8 that nobody tried this with are left alone', () => {
  const said: string[] = [];
  const set = (flags: string) => void said.push(flags);
  for (const version of ['14.1.146.11-node.18', '13.60.1', '12.4.254.21-node.33'])
    expect(changeV8Flags('--x', { version, set })).toBe(false);
  expect(said).toEqual([]);
  expect(changeV8Flags('--x', { version: '13.6.233.17-node.53', set })).toBe(true);
  expect(said).toEqual(['--x']);
});
