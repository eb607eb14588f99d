import type { HubEvent, LoopDetail, LoopState } from '@counterpart/schemas';
import { beforeEach, expect, test } from 'vitest';
import { loopDetail } from '../../../test/fixtures/loop-detail.ts';
import { followBuilds } from './follow-builds.ts';
import type { Span } from './spans.ts';

const AT = '2026-01-01T00:00:00Z';
const order = { text: 'a wish', author: 'client', trace: '4bf92f3577b34da6a3ce929d0e0e4736' } as const;

let told: Span[];
let warned: unknown[];
let isOn: boolean;
let tell: ((event: HubEvent) => void) | undefined;
let show: () => Promise<LoopDetail>;
let traced: ReturnType<typeof followBuilds>;

beforeEach(() => {
  [told, warned, isOn] = [[], [], true];
  show = () => Promise.resolve(loopDetail('failed', { order }));
  traced = followBuilds({
    events: { subscribe: (listener) => ((tell = listener), () => (tell = undefined)) },
    show: () => show(),
    spans: { add: (...spans) => void told.push(...spans), isOn: () => isOn },
    log: { warn: (facts) => void warned.push(facts) },
  });
});

const change = (state: LoopState, build = 'b-1'): void =>
  tell?.({ id: 1, at: AT, kind: 'build-changed', build, state });

test.each(['installed', 'failed', 'rejected', 'cancelled'] as const)(
  'a build that is %s is traced, and once, though a stage that was cut off is told of behind it',
  async (state) => {
    for (const told of ['queued', 'running', 'waiting', state, state] as const) change(told);
    await traced.close();
    expect(told.map(({ name }) => name)).toEqual(['build']);
  },
);

test('a build that ended and is tried again is traced anew, and so is another one', async () => {
  for (const told of ['failed', 'queued', 'installed'] as const) change(told);
  change('failed', 'b-2');
  await traced.close();
  expect(told).toHaveLength(3);
});

test('nothing is read of a build that nobody is told of', async () => {
  show = () => Promise.reject(new Error('it is read'));
  isOn = false;
  change('installed');
  await traced.close();
  expect([told, warned]).toEqual([[], []]);
});

test('a build that cannot be read is noted, and the end waits for those that are being read', async () => {
  const read = Promise.withResolvers<LoopDetail>();
  show = () => Promise.reject(new Error('no such build'));
  change('failed');
  show = () => read.promise;
  change('failed', 'b-2');
  const closed = traced.close();
  expect(tell).toBeUndefined();
  read.resolve(loopDetail('failed', { order }));
  await closed;
  expect([told.length, warned]).toEqual([1, [expect.objectContaining({ build: 'b-1' })]]);
});

test('of builds that ended long ago it is not remembered', async () => {
  for (let n = 0; n <= 100; n += 1) change('failed', `b-${n}`);
  change('failed', 'b-100');
  change('failed', 'b-0');
  await traced.close();
  expect(told).toHaveLength(102);
});
