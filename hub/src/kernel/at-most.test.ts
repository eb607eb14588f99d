import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atMost, inTurn } from './at-most.ts';

test('never more run at a time than allowed, all are done, and results keep their order', async () => {
  let running = 0;
  let most = 0;
  const done = await atMost(3, [5, 1, 4, 2, 3, 0], async (turns) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    running -= 1;
    return turns * 10;
  });
  expect([done, most]).toEqual([[50, 10, 40, 20, 30, 0], 3]);
});

test('work under one name is done one after the other, also after a failure; other names do not wait', async () => {
  const order: string[] = [];
  const step = (name: string, fails = false) =>
    inTurn(name.charAt(0), async () => {
      order.push(`${name} begins`);
      await setImmediate();
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([step('a1', true), step('a2'), step('b1')]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  const ofA = order.filter((event) => event.startsWith('a'));
  expect(ofA).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
  expect(order.indexOf('b1 begins')).toBeLessThan(order.indexOf('a1 ends'));
});
