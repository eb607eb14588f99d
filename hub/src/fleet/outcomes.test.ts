import { hubError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import type { ProcessSnapshot } from '../kernel/ports.ts';
import { outcomeOf, outcomeOfProblem, type Judged } from './outcomes.ts';

const facts = { expired: false, listed: true };
const judged = (
  snapshot: Partial<ProcessSnapshot>,
  { enabled = true, remote = false }: { enabled?: boolean; remote?: boolean } = {},
): Judged => ({
  enabled,
  isRemote: remote,
  snapshot: {
    state: 'backoff',
    restarts: 0,
    since: 0,
    problem: 'it died',
    code: 'UPSTREAM_LOST',
    ...snapshot,
  },
});

test.each<[string, Judged, Partial<typeof facts>, string | undefined]>([
  ['one that waits for its next start and is listed', judged({}), {}, 'stale'],
  ['one that never listed anything', judged({}), { listed: false }, 'failed'],
  ['one that has left the lists', judged({}), { expired: true }, 'failed'],
  ['one in quarantine', judged({ state: 'quarantined' }), {}, 'quarantined'],
  ['one that is ready', judged({ state: 'ready', problem: undefined }), {}, undefined],
  ['one that only sleeps', judged({ state: 'stopped', problem: undefined }), {}, undefined],
  ['one that is disabled', judged({}, { enabled: false }), {}, undefined],
  ['a process whose calls fail', judged({ state: 'degraded' }), {}, undefined],
  ['a remote one that cannot be reached', judged({ state: 'degraded' }, { remote: true }), {}, 'stale'],
  [
    'a remote one that was slow',
    judged({ state: 'degraded', code: 'CALL_TIMEOUT' }, { remote: true }),
    {},
    undefined,
  ],
])('what is told of %s', (_, server, more, state) => {
  expect(outcomeOf(server, { ...facts, ...more })?.state).toBe(state);
});

test('of a version that cannot be had it is told whether an earlier one goes on', () => {
  const error = hubError('SERVER_EXISTS', { server: 'x' });
  expect([outcomeOfProblem(error, true), outcomeOfProblem(error, false)]).toEqual([
    { state: 'stale', code: 'SERVER_EXISTS' },
    { state: 'failed', code: 'SERVER_EXISTS' },
  ]);
});
