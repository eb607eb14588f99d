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

test('what goes while it is gone through is no trouble', () => {
  const calls = new InFlight<number>();
  for (const id of [1, 2, 3]) calls.set(id, id);
  for (const id of calls.values()) calls.delete(id);
  expect([calls.size, calls.values()]).toEqual([0, []]);
});
