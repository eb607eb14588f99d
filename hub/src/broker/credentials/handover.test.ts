import { expect, test } from 'vitest';
import { Handover } from './handover.ts';

test('a ticket is worth its secrets once, and no other ticket is worth anything', () => {
  const handover = new Handover();
  const ticket = handover.put({ A: 'a' });
  const other = handover.put({ B: 'b' });
  expect(ticket).not.toBe(other);
  expect(handover.take('')).toBeUndefined();
  expect([handover.take(ticket), handover.take(ticket), handover.take(other)]).toEqual([
    { A: 'a' },
    undefined,
    { B: 'b' },
  ]);
});

test('of processes that never came no more than a few are remembered', () => {
  const handover = new Handover();
  const tickets = Array.from({ length: 40 }, (_, at) => handover.put({ N: String(at) }));
  expect(tickets.filter((ticket) => handover.take(ticket) !== undefined)).toHaveLength(32);
});
