import { expect, test } from 'vitest';
import type { ServerOutcome } from '../kernel/ports.ts';
import { outcomesOf, outcomesText } from './outcomes.ts';

const down: ServerOutcome = { state: 'stale', code: 'UPSTREAM_LOST' };

test('a view tells of its own servers alone, and nothing while they are well', () => {
  const outcomes = new Map([
    ['weather', down],
    ['shop', down],
  ]);
  expect(outcomesText(outcomes, (id) => id === 'shop')).toBe(
    '{"shop":{"state":"stale","code":"UPSTREAM_LOST"}}',
  );
  expect(outcomesText(outcomes, () => false)).toBeUndefined();
});

test('the text is made once for each change, and bounded', () => {
  let current: ReadonlyMap<string, ServerOutcome> = new Map();
  let asked = 0;
  const text = outcomesOf(
    () => current,
    () => {
      asked += 1;
      return true;
    },
  );
  expect(text()).toBeUndefined();
  current = new Map(Array.from({ length: 300 }, (_, at) => [`s${at}`, down]));
  expect([text(), text()].map((said) => said?.match(/"state"/g)?.length)).toEqual([100, 100]);
  expect(asked).toBe(300);
});
