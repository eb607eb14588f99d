import { expect, test } from 'vitest';
import { defaultCodeLimits } from '../../code/limits.ts';
import type { CodeTask } from '../../code/run.ts';
import { CodeRuns } from './code-runs.ts';

const limits = { ...defaultCodeLimits, runs: 4 };

/** Code that waits for a tool, which answers when the run is over. */
const waiting: CodeTask = {
  code: 'await servers.shop.get({})',
  table: '[["shop","get","shop__get"]]',
  limits,
  call: (_name, _args, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'failure', message: 'over' }));
    }),
  signal: new AbortController().signal,
};

test('one person runs code in half of the places at most, and the others find theirs', async () => {
  const runs = new CodeRuns(limits);
  const begun = [runs.run(waiting, 'anna'), runs.run(waiting, 'anna')];
  const busy = { code: 'CODE_BUSY' };
  await expect(runs.run(waiting, 'anna')).rejects.toMatchObject(busy);
  begun.push(runs.run(waiting, 'ben'), runs.run(waiting, undefined));
  await expect(runs.run(waiting, undefined)).rejects.toMatchObject(busy);
  runs.close();
  for (const { end } of await Promise.all(begun)) expect(end).toEqual({ kind: 'cancelled' });
});

test('the owner may fill all places', async () => {
  const runs = new CodeRuns(limits);
  const begun = Array.from({ length: limits.runs }, () => runs.run(waiting, undefined));
  runs.close();
  expect((await Promise.all(begun)).map(({ end }) => end.kind)).toEqual(begun.map(() => 'cancelled'));
});
