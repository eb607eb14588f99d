import { expect, test } from 'vitest';
import { EventRing } from './event-ring.ts';

const idsAfter = (ring: EventRing, id: string) => ring.after(id).map((event) => event.id);

test('what came after an event is given again, in order', () => {
  const ring = new EventRing();
  expect(ring.lastId).toBe('0');
  for (const frame of ['a', 'b', 'c']) ring.add(frame);
  expect(ring.after('1')).toEqual([
    { id: '2', frame: 'b' },
    { id: '3', frame: 'c' },
  ]);
  expect([idsAfter(ring, '0'), idsAfter(ring, '3')]).toEqual([['1', '2', '3'], []]);
});

test('of an id that this ring did not give, all that is left is given', () => {
  const ring = new EventRing();
  ring.add('a');
  for (const id of ['made up', '', '-1', '99', '9'.repeat(40)]) expect(idsAfter(ring, id)).toEqual(['1']);
});

test('it is bounded by number and by size, and forgets the oldest first', () => {
  const many = new EventRing();
  for (let at = 0; at < 1_000; at += 1) many.add('x');
  expect(idsAfter(many, '0')).toHaveLength(64);
  expect(idsAfter(many, '0')[0]).toBe('937');
  const large = new EventRing();
  for (let at = 0; at < 10; at += 1) large.add('x'.repeat(20_000));
  expect(idsAfter(large, '0')).toEqual(['8', '9', '10']);
  large.add('x'.repeat(100_000));
  expect(idsAfter(large, '0')).toEqual([]);
});
