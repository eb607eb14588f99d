import { getHeapSpaceStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

test('holds what was set until it is deleted, numbers in their order', () => {
  const calls = new InFlight<string>();
  calls.set(7, 'b');
  calls.set(3, 'a');
  calls.set('"__proto__"', 'c');
  calls.set(3, 'a again');
  expect([calls.size, calls.has(3), calls.get(3), calls.has(4), calls.get(4)]).toEqual([
    3,
    true,
    'a again',
    false,
    undefined,
  ]);
  expect(calls.values()).toEqual(['a again', 'b', 'c']);
  expect([calls.delete(3), calls.delete(3), calls.size, calls.values()]).toEqual([
    true,
    false,
    2,
    ['b', 'c'],
  ]);
});

const survivors = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name }) => space_name === 'new_space' || space_name === 'old_space')
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);

/** Objects that die young until those that are left count as old. */
function age(): void {
  let junk: object[] = [];
  for (let made = 0; made < 2_000_000; made += 1) {
    junk.push({ made });
    if (junk.length > 1_000) junk = [];
  }
}

test('what was deleted is free at once, also after a rest', async () => {
  const calls = new InFlight<object>();
  const turn = (id: number): void => {
    calls.set(id, { id, body: Array.from({ length: 200 }, () => id) });
    calls.delete(id - 8);
  };
  for (let id = 0; id < 100; id += 1) turn(id);
  age();
  const before = survivors();
  for (let id = 100; id < 60_000; id += 1) {
    turn(id);
    if (id % 2_000 === 0) await new Promise(setImmediate);
  }
  // A hundred megabytes went through; what is there in between depends on when V8 last collected.
  expect(survivors() - before).toBeLessThan(40e6);
});
