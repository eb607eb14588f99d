import { describe, expect, it } from 'vitest';
import type { Clock } from '../../kernel/clock.ts';
import { OWNER, seenBy } from '../../kernel/audit/principal.ts';
import { createLog } from '../../kernel/log.ts';
import { MemoryCatalog } from '../../../../test/fixtures/gateway/memory-catalog.ts';
import { MemoryUpstream } from '../../../../test/fixtures/gateway/memory-upstream.ts';
import { defaultCodeLimits } from '../../code/limits.ts';
import { CodeRuns } from '../code/code-runs.ts';
import type { Core } from '../core.ts';
import { createFanOut } from '../fan-out.ts';
import { defaultLimits } from '../limits.ts';
import { ResultStore } from '../results/result-store.ts';
import { ToolGate } from '../relay/tool-gate.ts';
import { Parking } from '../parking/parking.ts';
import { SessionStore } from './session-store.ts';
import { Session } from './session.ts';

/** Time that stands still until it is moved. */
class HandClock implements Clock {
  #now = 0;
  readonly #tasks = new Set<{ at: number; task: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task };
    this.#tasks.add(entry);
    return () => void this.#tasks.delete(entry);
  }

  move(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#tasks.delete(due);
      this.#now = due.at;
      due.task();
    }
    this.#now = until;
  }
}

const ALL = { kind: 'all' } as const;

function setUp(maxSessions: number): {
  clock: HandClock;
  store: SessionStore;
  open: (principal?: string) => Session;
} {
  const clock = new HandClock();
  const log = createLog({ level: 'silent' });
  const catalog = new MemoryCatalog(new MemoryUpstream());
  const fanOut = createFanOut({ catalog, clock, log, coalesceMs: 1 });
  const core: Core = {
    catalog,
    clock,
    log,
    fanOut,
    limits: defaultLimits,
    parking: new Parking({ clock, limits: defaultLimits, metaText: '{}' }),
    gate: new ToolGate({}, clock, catalog),
    calls: { call: () => Promise.reject(new Error('not used')) },
    code: new CodeRuns(defaultCodeLimits),
    results: new ResultStore({ clock, ...defaultLimits }),
    serverInfo: { name: 'n', version: '1' },
    instructions: undefined,
    metaText: '{}',
  };
  const store = new SessionStore({ clock, maxSessions, sessionIdleMs: 60_000 });
  const open = (principal = OWNER): Session => {
    const hello = { protocolVersion: '2025-06-18', capabilities: { roots: {} } };
    const session = new Session(core, seenBy(ALL, principal), hello);
    store.add(session);
    return session;
  };
  return { clock, store, open };
}

describe('SessionStore', () => {
  it('knows a session only at the address where it began', () => {
    const { store, open } = setUp(10);
    const session = open();
    expect(store.use(session.id, ALL)).toBe(session);
    expect(store.use(session.id, { kind: 'server', id: 'x' })).toBeUndefined();
    expect(store.use('unknown', ALL)).toBeUndefined();
  });

  it('makes room by ending the session unused for longest', () => {
    const { store, open } = setUp(2);
    const [first, second] = [open(), open()];
    store.use(first.id, ALL);
    const third = open();
    expect([first, second, third].map(({ id }) => store.use(id, ALL) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('has whoever fills half of the places pay with their own', () => {
    const { store, open } = setUp(4);
    const [annas, owners] = [open('anna'), open()];
    const bens = Array.from({ length: 20 }, () => open('ben'));
    const stands = (session: Session): boolean => store.use(session.id, session.selector) !== undefined;
    expect([stands(annas), stands(owners), bens.filter(stands).length]).toEqual([true, true, 2]);
    // The others still find room.
    expect(stands(open('anna'))).toBe(true);
  });

  it('takes no one in while all sessions are at work', () => {
    const { store, open } = setUp(1);
    open().inFlight.set('1', () => {});
    const more = open();
    expect([store.size, store.use(more.id, ALL)]).toEqual([1, undefined]);
  });

  it('ends a session that was not used for its time, but not one with a stream', () => {
    const { clock, store, open } = setUp(10);
    const [unused, streaming] = [open(), open()];
    streaming.attach({ streams: true, send: () => true, finish: () => {}, drop: () => {} });
    clock.move(80_000);
    expect([unused, streaming].map(({ id }) => store.use(id, ALL) !== undefined)).toEqual([false, true]);
  });
});

describe('Session', () => {
  const channel = (sent: string[]) => ({
    streams: true,
    send: (frame: string) => sent.push(frame) > 0,
    finish: () => {},
    drop: () => {},
  });

  it('asks on the request’s stream and takes the answer', async () => {
    const { open } = setUp(10);
    const session = open();
    const sent: string[] = [];
    const answer = session.ask(
      channel(sent),
      { method: 'roots/list', params: {} },
      new AbortController().signal,
    );
    expect(sent.map((frame) => JSON.parse(frame) as object)).toEqual([
      { jsonrpc: '2.0', id: 'hub-1', method: 'roots/list' },
    ]);
    session.answered({ kind: 'response', id: 'hub-1', result: { roots: [] } });
    await expect(answer).resolves.toEqual({ roots: [] });
  });

  it('tells a server that wants it how far its client is with a question, under a token that no other question has', async () => {
    const { open } = setUp(10);
    const session = open();
    const sent: string[] = [];
    const heard: unknown[] = [];
    const params = { _meta: { progressToken: 7, 'vendor/x': 1 } };
    const told = (news: object): void => void heard.push(news);
    const answer = session.ask(
      channel(sent),
      { method: 'roots/list', params, told },
      new AbortController().signal,
    );
    expect(sent.map((frame) => JSON.parse(frame) as object)).toMatchObject([
      { id: 'hub-1', params: { _meta: { progressToken: 'hub-1', 'vendor/x': 1 } } },
    ]);
    session.progressed({ progressToken: 7, progress: 1 });
    session.progressed({ progressToken: 'hub-1', progress: 2 });
    session.answered({ kind: 'response', id: 'hub-1', result: { roots: [] } });
    await answer;
    session.progressed({ progressToken: 'hub-1', progress: 3 });
    expect(heard).toEqual([{ progressToken: 'hub-1', progress: 2 }]);
  });

  it('asks nothing that the client did not declare', async () => {
    const { open } = setUp(10);
    const asked = open().ask(
      channel([]),
      { method: 'sampling/createMessage', params: {} },
      new AbortController().signal,
    );
    await expect(asked).rejects.toMatchObject({ code: -32601 });
  });

  it('takes a question back when the call is cancelled or the client is silent too long', async () => {
    const { open, clock } = setUp(10);
    const session = open();
    const sent: string[] = [];
    const abort = new AbortController();
    const cancelled = session.ask(channel(sent), { method: 'roots/list', params: {} }, abort.signal);
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({ message: 'the call was cancelled' });
    const silent = session.ask(
      channel(sent),
      { method: 'roots/list', params: {} },
      new AbortController().signal,
    );
    clock.move(defaultLimits.questionTimeoutMs);
    await expect(silent).rejects.toMatchObject({ message: 'the client took too long to answer' });
    expect(sent.filter((frame) => frame.includes('notifications/cancelled'))).toHaveLength(2);
  });
});
