import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loopDetail } from '../../../../test/fixtures/loop-detail.ts';
import { builderServer, type BuilderServerOptions } from './builder-tools.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Clients give a call up after a minute. */
const MINUTE = 60_000;

test('a call about a build that is at work for long is answered before its client gives it up', async () => {
  const detail = loopDetail('running');
  const tools = builderServer({
    course: () => ({ builds: { show: () => Promise.resolve(detail) } }),
    events: { subscribe: () => () => undefined },
  } as unknown as BuilderServerOptions);
  const client = {} as Parameters<typeof tools.run>[2];
  let answer: unknown;
  const call = { name: 'build_check', input: { build: detail.id } };
  const answered = tools.run(call, new AbortController().signal, client).then((said) => (answer = said));
  await vi.advanceTimersByTimeAsync(MINUTE / 2);
  expect(answer).toBeUndefined();
  await vi.advanceTimersByTimeAsync(MINUTE / 2 - 1_000);
  expect(answer).toMatchObject({ state: 'running', next: expect.stringContaining('build_status') as string });
  await answered;
});
