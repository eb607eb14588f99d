import assert from 'node:assert/strict';
import { hubError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { reduce } from './reducer.ts';
import { defaultPolicy, initialState, runOf } from './state.ts';
import type { Effect, Event, Policy, State, Timer } from './state.ts';

/** Numbers in [0, 1) that look random and are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Timeless<E> = E extends unknown ? Omit<E, 'at'> : never;

/** A world in which anything may happen to one process at any time, held to what must always be true. */
class World {
  readonly #random: () => number;
  readonly #policy: Policy;
  #state: State;
  #now = 0;
  /** What exists of the process: nothing, a process, or what an ended one left. */
  #alive: { readonly run: number; ended: boolean } | undefined;
  readonly #timers = new Map<Timer, number>();
  #waiting = false;
  spawns = 0;
  ends = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    const restart =
      (['permanent', 'transient', 'temporary'] as const)[Math.floor(this.#random() * 3)] ?? 'permanent';
    this.#policy = {
      ...defaultPolicy,
      server: 'x',
      restart,
      startTimeoutMs: 30_000,
      shutdownMs: 2_000,
      idleMs: this.#random() < 0.5 ? 0 : 60_000,
      probeMs: this.#random() < 0.5 ? 0 : 10_000,
    };
    this.#state = initialState(0);
  }

  step(): void {
    const dice = this.#random();
    if (dice < 0.35) this.#fireNextTimer();
    else if (dice < 0.8) this.#processDoesSomething();
    else this.#somebodyWantsSomething();
    this.#check();
  }

  /** However it stands, a stop and the end of what runs bring it to rest. */
  settle(): void {
    this.#tell({ kind: 'wanted', what: 'stop' });
    if (this.#alive && !this.#alive.ended) this.#exit();
    if (this.#alive) this.#vanish();
    this.#check();
    assert.ok(['stopped', 'quarantined'].includes(this.#state.phase.kind));
    assert.equal(this.ends, this.spawns);
    assert.deepEqual([...this.#timers.keys()], []);
  }

  #tell(event: Timeless<Event>): void {
    const before = this.#state;
    const { state, effects } = reduce(this.#policy, before, { ...event, at: this.#now });
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    const { phase } = this.#state;
    switch (effect.kind) {
      case 'spawn':
        assert.equal(this.#alive, undefined);
        assert.equal(phase.kind, 'starting');
        this.#alive = { run: effect.run, ended: false };
        this.spawns += 1;
        return;
      case 'handshake':
        assert.deepEqual([phase.kind, this.#alive?.run], ['starting', effect.run]);
        return;
      case 'probe':
        assert.ok(['ready', 'degraded'].includes(phase.kind));
        return;
      case 'signal':
        assert.deepEqual([phase.kind, this.#alive?.run], ['stopping', effect.run]);
        return;
      case 'arm-timer':
        assert.ok(effect.delayMs > 0);
        this.#timers.set(effect.timer, this.#now + effect.delayMs);
        return;
      case 'disarm-timers':
        this.#timers.clear();
        return;
      case 'settle':
        this.#waiting = false;
        return;
      case 'publish':
    }
  }

  #check(): void {
    const { phase, failures } = this.#state;
    assert.ok(failures.length <= this.#policy.budget);
    assert.equal(runOf(phase), this.#alive?.run);
    // Whoever waits does so for something that is on its way.
    if (this.#waiting) assert.ok(['starting', 'stopping', 'backoff'].includes(phase.kind));
    // Only the first failure of a window is free.
    if (phase.kind === 'stopping' && phase.next === 'again') assert.ok(failures.length <= 1);
    // Nothing stays where it is for ever unless it rests or serves.
    if (phase.kind === 'backoff') assert.ok(this.#timers.has('backoff'));
    if (phase.kind === 'stopping' && phase.step !== 'kill') assert.ok(this.#timers.has('escalate'));
  }

  #fireNextTimer(): void {
    const [next] = [...this.#timers].toSorted(([, a], [, b]) => a - b);
    if (!next) return;
    const [timer, at] = next;
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, at);
    const failure = hubError('SERVER_START_TIMEOUT', { server: 'x' });
    const events: Record<Timer, Timeless<Event>> = {
      start: { kind: 'start-failed', run: this.#alive?.run ?? 0, failure },
      backoff: { kind: 'backoff-over' },
      idle: { kind: 'idle-checked', busy: this.#random() < 0.5, idleForMs: this.#random() * 90_000 },
      probe: { kind: 'probe-due' },
      stable: { kind: 'stability-reached' },
      escalate: { kind: 'escalation-due' },
    };
    this.#tell(events[timer]);
  }

  #processDoesSomething(): void {
    // Sometimes it is an earlier process whose words arrive late.
    const run = this.#random() < 0.1 ? Math.floor(this.#random() * 5) : (this.#alive?.run ?? 0);
    const dice = this.#random();
    this.#now += Math.floor(this.#random() * 20_000);
    if (this.#alive?.ended) this.#vanish();
    else if (dice < 0.2) this.#tell({ kind: 'spawned', run });
    else if (dice < 0.5) this.#tell({ kind: 'handshake-done', run });
    else if (dice < 0.6)
      this.#tell({ kind: 'start-failed', run, failure: hubError('SERVER_MISMATCH', { server: 'x' }) });
    else if (dice < 0.7)
      this.#tell({ kind: 'probe-done', run, ok: this.#random() < 0.3, busy: this.#random() < 0.3 });
    else if (dice < 0.8) this.#tell({ kind: 'call-observed', ok: this.#random() < 0.3 });
    else if (this.#alive) this.#exit();
  }

  #exit(): void {
    if (!this.#alive) return;
    this.#alive.ended = true;
    const manner = (['clean', 'failed', 'blameless'] as const)[Math.floor(this.#random() * 3)] ?? 'failed';
    this.#tell({
      kind: 'exited',
      run: this.#alive.run,
      failure: hubError('UPSTREAM_LOST', { server: 'x' }),
      manner,
    });
  }

  #vanish(): void {
    const run = this.#alive?.run ?? 0;
    this.#alive = undefined;
    this.ends += 1;
    this.#tell({ kind: 'gone', run, random: this.#random() });
  }

  #somebodyWantsSomething(): void {
    const dice = this.#random();
    const what = dice < 0.6 ? 'start' : dice < 0.8 ? 'stop' : dice < 0.9 ? 'restart' : 'reset';
    // A wait begins before its event, because the event may answer it.
    if (what === 'start' || what === 'restart') this.#waiting = true;
    this.#tell({ kind: 'wanted', what });
  }
}

test('in thousands of random lives: never two processes, never past the budget, every start has an end, no one waits in vain', () => {
  let spawns = 0;
  for (let seed = 1; seed <= 3_000; seed += 1) {
    const world = new World(seed);
    for (let step = 0; step < 60; step += 1) world.step();
    world.settle();
    spawns += world.spawns;
  }
  expect(spawns).toBeGreaterThan(10_000);
});
