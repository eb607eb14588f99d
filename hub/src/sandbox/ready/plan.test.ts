import { expect, test } from 'vitest';
import { planReady, type Standing } from './plan.ts';

const ready = {};
const at = (usedAt: number, more: Partial<Standing> = {}): Standing => ({
  ready: undefined,
  running: 0,
  usedAt,
  ...more,
});

test('walls are kept for those that were used last, as many as may be, and not for one that runs', () => {
  const [first, second, third, running] = [at(1), at(2), at(3), at(4, { running: 1 })];
  expect(planReady([first, second, third, running], 2, () => true)).toEqual({
    make: [third, second],
    discard: [],
  });
});

test('walls that stand for one that was not used for long make room, and those that stand for the right one stay', () => {
  const [old, last] = [at(1, { ready }), at(3, { ready })];
  const used = at(2);
  expect(planReady([old, used, last], 2, () => true)).toEqual({ make: [used], discard: [old] });
});

test('where none may stand, none does', () => {
  const standing = at(1, { ready });
  expect(planReady([standing, at(2)], 0, () => true)).toEqual({ make: [], discard: [standing] });
});

test('one that can have none takes the place of no other, and who can is not asked of all', () => {
  const [first, second, broken] = [at(1), at(2), at(3)];
  const asked: Standing[] = [];
  const plan = planReady([first, second, broken], 1, (one) => {
    asked.push(one);
    return one !== broken;
  });
  expect([plan, asked]).toEqual([{ make: [second], discard: [] }, [broken, second]]);
});
