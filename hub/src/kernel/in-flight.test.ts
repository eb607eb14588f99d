import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

test('holds what was set until it is deleted, in the order in which it came', () => {
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
  expect(calls.values()).toEqual(['b', 'a again', 'c']);
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

test('ids of one chain are told apart, wherever in it they go', () => {
  const calls = new InFlight<number>();
  const ids = ['1', '"a"', '', '1234567', '"x234567"', ...Array.from({ length: 200 }, (_, at) => at * 32)];
  for (const [at, id] of ids.entries()) calls.set(id, at);
  for (const [at, id] of ids.entries()) if (at % 3 === 1) calls.delete(id);
  const left = ids.map((_, at) => at).filter((at) => at % 3 !== 1);
  expect(ids.map((id) => calls.get(id))).toEqual(ids.map((_, at) => (at % 3 === 1 ? undefined : at)));
  expect([calls.size, calls.values()]).toEqual([left.length, left]);
});

test('a number is not its text', () => {
  const calls = new InFlight<string>();
  calls.set(1, 'number');
  expect([calls.get(1), calls.get('1')]).toEqual(['number', undefined]);
});
