import { type CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { ProcessProtocol, ProcessSnapshot, ProcessSpec, Supervised } from '../kernel/ports.ts';
import { type Redact, redactError } from '../kernel/redact.ts';
import { createDeferred, type Deferred } from './deferred.ts';
import { exitFailure, handshakeFailure, startTimeout } from './state/failures.ts';
import { reduce } from './state/reducer.ts';
import { createRun, type Run } from './run.ts';
import type { Child } from './process/child.ts';
import type { SpawnProcess } from './process/spawn.ts';
import { defaultPolicy, initialState } from './state/state.ts';
import type { Effect, Event, Policy, State, StopStep, Timer } from './state/state.ts';
import { StderrRing } from './process/stderr-ring.ts';
import { Timers } from './timers.ts';

/** What one process needs of the supervisor it belongs to. */
export interface Surroundings {
  readonly clock: Clock;
  readonly log: Logger;
  readonly redact: Redact;
  readonly spawn: SpawnProcess;
  readonly random: () => number;
  /** Holds back a start while too many are under way. */
  readonly gate: <T>(task: () => Promise<T>) => Promise<T>;
  /** Resolves when everything the process depends on is ready. */
  readonly dependencies: () => Promise<void>;
  /** Whether something that depends on it is running. */
  readonly needed: () => boolean;
  readonly published: (snapshot: ProcessSnapshot) => void;
  readonly removed: () => void;
}

const STDERR_CHARACTERS = 64 * 1_024;
const PROBE_TIMEOUT_MS = 10_000;
/** A process that dies closes its output first; its exit status says more than the closed output. */
const EXIT_GRACE_MS = 300;
/** Who takes longer to start is waiting rather than working, and lets the next one begin: nobody waits for a server that hangs. */
const PLACE_MS = 2_000;

/** Performs what the reducer decides for one process, and tells it what happened. */
export class SupervisedProcess implements Supervised {
  readonly spec: ProcessSpec;
  readonly #policy: Policy;
  readonly #protocol: ProcessProtocol;
  readonly #around: Surroundings;
  readonly #ring: StderrRing;
  readonly #timers: Timers;
  readonly #events: Event[] = [];
  #waiters: Deferred[] = [];
  #state: State;
  #run: Run | undefined;
  #lastUse = 0;
  #dispatching = false;
  #closed = false;

  constructor(spec: ProcessSpec, protocol: ProcessProtocol, around: Surroundings) {
    this.spec = spec;
    this.#policy = { ...defaultPolicy, ...spec, server: spec.id };
    this.#protocol = protocol;
    this.#around = around;
    this.#ring = new StderrRing(STDERR_CHARACTERS, around.redact);
    this.#timers = new Timers(around.clock, (timer) => this.#elapsed(timer));
    this.#state = initialState(around.clock.now());
  }

  get snapshot(): ProcessSnapshot {
    const { phase, restarts, since, problem } = this.#state;
    const pid = this.#run?.stage === 'over' ? undefined : this.#run?.child?.io.pid;
    return { state: phase.kind, pid, restarts, since, problem: problem?.message, code: problem?.code };
  }

  get running(): boolean {
    return 'run' in this.#state.phase;
  }

  ready(): Promise<void> {
    const { kind } = this.#state.phase;
    if (kind === 'ready' || kind === 'degraded') return Promise.resolve();
    return this.#await('start');
  }

  touch(): void {
    this.#lastUse = this.#around.clock.now();
  }

  observe(ok: boolean): void {
    const { phase } = this.#state;
    const nothingToClear = 'callFailures' in phase && phase.callFailures === 0;
    if (!ok || !nothingToClear) this.#dispatch({ kind: 'call-observed', ok, at: this.#now() });
  }

  async stop(): Promise<void> {
    this.#dispatch({ kind: 'wanted', what: 'stop', at: this.#now() });
    await this.#run?.over.promise;
  }

  restart(): Promise<void> {
    return this.#await('restart');
  }

  reset(): void {
    this.#dispatch({ kind: 'wanted', what: 'reset', at: this.#now() });
  }

  stderr(): readonly string[] {
    return this.#ring.lines();
  }

  /** From now on every start is refused. */
  refuseStarts(): void {
    this.#closed = true;
  }

  async remove(): Promise<void> {
    this.refuseStarts();
    await this.stop();
    this.#around.removed();
  }

  #now(): number {
    return this.#around.clock.now();
  }

  #await(what: 'start' | 'restart'): Promise<void> {
    if (this.#closed)
      return Promise.reject(this.#failure('SERVER_START_FAILED', 'it was removed, or the hub is stopping'));
    const waiter = createDeferred();
    this.#waiters.push(waiter);
    this.#dispatch({ kind: 'wanted', what, at: this.#now() });
    return waiter.promise;
  }

  #failure(code: 'SERVER_START_FAILED' | 'UPSTREAM_LOST', detail: string): CounterpartError {
    return hubError(code, { server: this.spec.id, detail });
  }

  /** Effects may bring about events at once; those wait until the present one is done. */
  #dispatch(event: Event): void {
    this.#events.push(event);
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) {
        const { state, effects } = reduce(this.#policy, this.#state, next);
        this.#state = state;
        if (state.phase.kind !== 'starting') this.#run?.started.resolve();
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#dispatching = false;
    }
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'spawn':
        this.#run = createRun(effect.run);
        void this.#live(this.#run);
        return;
      case 'handshake':
        if (this.#run?.child) void this.#greet(this.#run, this.#run.child);
        return;
      case 'probe':
        void this.#probe(effect.run);
        return;
      case 'signal':
        this.#signal(effect.step);
        return;
      case 'arm-timer':
        this.#timers.arm(effect.timer, effect.delayMs);
        return;
      case 'disarm-timers':
        this.#timers.disarm();
        return;
      case 'settle':
        this.#settle(effect.failure);
        return;
      case 'publish':
        this.#around.published(this.snapshot);
    }
  }

  /** From the wish for a process to the moment that nothing of it is left. Never rejects. */
  async #live(run: Run): Promise<void> {
    try {
      await this.#around.dependencies();
    } catch (thrown) {
      this.#end(run, toCounterpartError(thrown), 'blameless');
      return;
    }
    await this.#around.gate(() => this.#make(run));
    if (!run.child) return;
    const exit = await run.child.exited;
    const said = { printed: this.#ring.lines(), stray: run.greeted ? this.#protocol.strayWords() : '' };
    const reason = exitFailure(this.spec.id, this.#state, exit, said);
    run.abort.abort(reason);
    // First the state, then the calls in flight: a call repeated at once must not find the dead process ready.
    const manner = exit.code === 0 ? 'clean' : 'failed';
    this.#dispatch({ kind: 'exited', run: run.number, failure: reason, manner, at: this.#now() });
    if (run.greeted) this.#tellLost(reason);
    await run.child.gone;
    this.#over(run);
  }

  #tellLost(reason: CounterpartError): void {
    try {
      this.#protocol.lost(reason);
    } catch (cause) {
      // What is left of the process must be cleared away all the same.
      this.#around.log.error({ server: this.spec.id, cause }, 'calls in flight could not be failed');
    }
  }

  async #make(run: Run): Promise<void> {
    if (run.stage === 'over') return;
    run.stage = 'making';
    try {
      run.child = await this.#around.spawn(this.spec, (chunk) => this.#ring.push(chunk));
    } catch (thrown) {
      this.#end(run, toCounterpartError(thrown), 'failed');
      return;
    }
    if (run.pending) run.child.signal(run.pending);
    else this.#dispatch({ kind: 'spawned', run: run.number, at: this.#now() });
    await Promise.race([run.started.promise, run.child.exited, this.#delay(PLACE_MS)]);
  }

  /** Ends a run that never had a process. */
  #end(run: Run, thrown: CounterpartError, manner: 'failed' | 'blameless'): void {
    if (run.stage === 'over') return;
    const failure = redactError(thrown, this.#around.redact);
    this.#dispatch({ kind: 'exited', run: run.number, failure, manner, at: this.#now() });
    this.#over(run);
  }

  #over(run: Run): void {
    if (run.stage === 'over') return;
    run.stage = 'over';
    this.#dispatch({ kind: 'gone', run: run.number, random: this.#around.random(), at: this.#now() });
    run.over.resolve();
  }

  async #greet(run: Run, child: Child): Promise<void> {
    run.greeted = true;
    try {
      await this.#protocol.handshake(child.io, run.abort.signal);
      this.touch();
      this.#dispatch({ kind: 'handshake-done', run: run.number, at: this.#now() });
    } catch (thrown) {
      const exited = child.exited.then(() => true);
      if (await Promise.race([exited, this.#delay(EXIT_GRACE_MS).then(() => false)])) return;
      const said = handshakeFailure(this.spec.id, thrown, this.#ring.lines());
      const failure = redactError(said, this.#around.redact);
      this.#dispatch({ kind: 'start-failed', run: run.number, failure, at: this.#now() });
    }
  }

  async #probe(number: number): Promise<void> {
    const run = this.#run;
    if (run?.number !== number) return;
    const patience = new AbortController();
    const late = this.#delay(Math.min(PROBE_TIMEOUT_MS, this.spec.probeMs)).then(() => {
      patience.abort(this.#failure('UPSTREAM_LOST', 'the probe was not answered in time'));
      return false;
    });
    const signal = AbortSignal.any([run.abort.signal, patience.signal]);
    const answered = this.#protocol.probe(signal).then(
      () => true,
      () => false,
    );
    const ok = await Promise.race([answered, late]);
    const busy = this.#protocol.inFlight() > 0;
    this.#dispatch({ kind: 'probe-done', run: number, ok, busy, at: this.#now() });
  }

  #signal(step: StopStep): void {
    const run = this.#run;
    if (!run) return;
    run.abort.abort(this.#failure('UPSTREAM_LOST', 'it is being stopped'));
    if (run.child) run.child.signal(step);
    else if (run.stage === 'queued') this.#over(run);
    else run.pending = step;
  }

  #elapsed(timer: Timer): void {
    const at = this.#now();
    switch (timer) {
      case 'start': {
        const failure = startTimeout(this.spec.id, this.spec.startTimeoutMs, this.#ring.lines());
        if (this.#run) this.#dispatch({ kind: 'start-failed', run: this.#run.number, failure, at });
        return;
      }
      case 'backoff':
        this.#dispatch({ kind: 'backoff-over', at });
        return;
      case 'idle': {
        const busy = this.#protocol.inFlight() > 0 || this.#around.needed();
        this.#dispatch({ kind: 'idle-checked', busy, idleForMs: at - this.#lastUse, at });
        return;
      }
      case 'probe':
        this.#dispatch({ kind: 'probe-due', at });
        return;
      case 'stable':
        this.#dispatch({ kind: 'stability-reached', at });
        return;
      case 'escalate':
        this.#dispatch({ kind: 'escalation-due', at });
    }
  }

  #settle(failure: CounterpartError | undefined): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (failure) waiter.reject(failure);
      else waiter.resolve();
    }
  }

  #delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#around.clock.after(delayMs, resolve));
  }
}
