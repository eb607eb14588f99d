import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultCodeLimits } from '../limits.ts';
import { interpret } from './interpreter.ts';
import type { SandboxSays } from './messages.ts';

let now = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** How code ends that may take 300 ms of its own: each of its calls takes `callingMs` of that, and is answered after `waitingMs`. */
async function endOf(code: string, { callingMs, waitingMs }: { callingMs: number; waitingMs: number }) {
  const said: SandboxSays[] = [];
  const limits = { ...defaultCodeLimits, ownMs: 300 };
  const input = { code, table: '[["shop","get","shop__get"]]', limits };
  const answer = await interpret(input, (message) => {
    said.push(message);
    if (message.kind === 'call') now += callingMs;
  });
  for (let at = 0; at < said.length; at++) {
    const message = said[at];
    if (message?.kind !== 'call') continue;
    now += waitingMs;
    answer({ id: message.id, ok: true, text: '{"kind":"result","result":{"content":[]}}' });
  }
  const last = said.at(-1);
  return last?.kind === 'end' ? last.end.kind : last?.kind;
}

const TWICE = 'await servers.shop.get({}); await servers.shop.get({}); return 1';

test('the time of code is that of all its stretches together, and waiting for a tool is none of it', async () => {
  expect(await endOf(TWICE, { callingMs: 100, waitingMs: 60_000 })).toBe('returned');
  expect(await endOf(TWICE, { callingMs: 200, waitingMs: 0 })).toBe('time');
});

test('code that never waits is ended by the interpreter itself', async () => {
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
  expect(await endOf('for (;;) {}', { callingMs: 0, waitingMs: 0 })).toBe('time');
  expect(await endOf('for (;;) await null', { callingMs: 0, waitingMs: 0 })).toBe('time');
});
