import { HubEvent, type LoopDetail } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { loopDetail } from '../../../../test/fixtures/loop-detail.ts';
import { untilRest } from './until-rest.ts';

const AT = '2026-01-01T00:00:00Z';
const ID = loopDetail('running').id;

/** A build that rests once it was said to. */
function build() {
  const listeners = new Set<(event: HubEvent) => void>();
  let state: LoopDetail['state'] = 'running';
  return {
    rest() {
      state = 'waiting';
      for (const tell of listeners)
        tell(HubEvent.parse({ id: 1, at: AT, kind: 'build-changed', build: ID, state: 'waiting' }));
    },
    listeners,
    watch: {
      builds: {
        show: () => Promise.resolve(loopDetail(state)),
      },
      events: {
        subscribe(tell: (event: HubEvent) => void) {
          listeners.add(tell);
          return () => void listeners.delete(tell);
        },
      },
      signal: new AbortController().signal,
    },
  };
}

test('a call waits for a build until that rests, and no longer than its patience', async () => {
  const resting = build();
  const waited = untilRest(ID, { ...resting.watch, patienceMs: 600_000 });
  resting.rest();
  expect((await waited).state).toBe('waiting');
  const slow = build();
  expect((await untilRest(ID, { ...slow.watch, patienceMs: 1 })).state).toBe('running');
  expect([resting.listeners.size, slow.listeners.size]).toEqual([0, 0]);
});

test('a call that is given up waits no longer', async () => {
  const { watch, listeners } = build();
  const signal = AbortSignal.abort(new Error('gone'));
  await expect(untilRest(ID, { ...watch, signal })).rejects.toThrow('gone');
  expect(listeners.size).toBe(0);
});
