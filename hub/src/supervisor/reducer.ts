import { hubError, type CounterpartError } from '@counterpart/schemas';
import { runOf } from './state.ts';
import type { Effect, Event, EventOf, Next, Phase, Policy, State, Step, StopStep } from './state.ts';

/**
 * What happens next to a supervised process. Pure: time and chance come with the events. Guarantees that a process is spawned
 * only when nothing of the one before is left, and that whoever waits for readiness is answered.
 */
export function reduce(policy: Policy, state: State, event: Event): Step {
  // A late word of an earlier life says nothing of this one.
  if ('run' in event && event.run !== runOf(state.phase)) return still(state);
  switch (event.kind) {
    case 'start-wanted':
      return onStartWanted(policy, state, event.at);
    case 'stop-wanted':
      return onStopWanted(policy, state, event.at);
    case 'restart-wanted':
      return onRestartWanted(policy, state, event.at);
    case 'reset-wanted':
      return onResetWanted(state, event.at);
    case 'spawned':
      return onSpawned(policy, state, event);
    case 'handshake-done':
      return onHandshakeDone(policy, state, event);
    case 'handshake-failed':
    case 'start-timed-out':
      return state.phase.kind === 'starting' ? fail(policy, state, event, 'end') : still(state);
    case 'exited':
      return onExited(policy, state, event);
    case 'gone':
      return onGone(policy, state, event);
    case 'backoff-over':
      return state.phase.kind === 'backoff'
        ? start({ ...state, restarts: state.restarts + 1 }, event.at)
        : still(state);
    case 'escalation-due':
      return onEscalationDue(policy, state);
    case 'idle-checked':
    case 'probe-due':
    case 'probe-done':
    case 'stability-reached':
    case 'call-observed':
      return onServing(policy, state, event);
  }
}

type Live = Extract<Phase, { kind: 'ready' | 'degraded' }>;
type ServingEvent = EventOf<
  'idle-checked' | 'probe-due' | 'probe-done' | 'stability-reached' | 'call-observed'
>;

const still = (state: State, ...effects: Effect[]): Step => ({ state, effects });

function enter(state: State, phase: Phase, at: number): State {
  return { ...state, phase, since: phase.kind === state.phase.kind ? state.since : at };
}

const forgiven = (state: State): State => ({ ...state, attempt: 0, failures: [], problem: undefined });

const settle = (failure?: CounterpartError): Effect => ({ kind: 'settle', failure });

function start(state: State, at: number): Step {
  const run = state.runs + 1;
  const next = enter({ ...state, runs: run }, { kind: 'starting', run }, at);
  return still(next, { kind: 'disarm-timers' }, { kind: 'publish' }, { kind: 'spawn', run });
}

/** Begins to end a run; it is over when `gone` arrives. */
function stop(
  policy: Policy,
  state: State,
  how: { run: number; next: Next; step: StopStep; at: number },
): Step {
  const { run, next, step, at } = how;
  const escalate: Effect[] =
    step === 'kill' ? [] : [{ kind: 'arm-timer', timer: 'escalate', delayMs: policy.shutdownMs }];
  return still(
    enter(state, { kind: 'stopping', run, next, step }, at),
    { kind: 'disarm-timers' },
    ...escalate,
    { kind: 'publish' },
    { kind: 'signal', run, step },
  );
}

/** A run failed: whoever waits hears the cause at once, and the budget decides what follows. */
function fail(
  policy: Policy,
  state: State,
  { at, run, failure }: { at: number; run: number; failure: CounterpartError },
  step: StopStep,
): Step {
  const failures = [...state.failures.filter((earlier) => at - earlier < policy.windowMs), at];
  const counted = { ...state, failures, attempt: state.attempt + 1, problem: failure };
  const next =
    failures.length >= policy.budget ? 'quarantined' : policy.restart === 'temporary' ? 'stopped' : 'backoff';
  const stopped = stop(policy, counted, { run, next, step, at });
  return still(stopped.state, ...stopped.effects, settle(failure));
}

function onStartWanted(policy: Policy, state: State, at: number): Step {
  const { phase } = state;
  switch (phase.kind) {
    case 'stopped':
      return start(state, at);
    case 'ready':
    case 'degraded':
      return still(state, settle());
    case 'starting':
      return still(state);
    case 'backoff':
      return phase.until - at > longestWait(policy)
        ? still(state, settle(later(policy, state, phase.until - at)))
        : still(state);
    case 'quarantined':
      return still(state, settle(quarantined(policy, state)));
    case 'stopping':
      if (phase.next === 'quarantined') return still(state, settle(quarantined(policy, state)));
      return still(phase.next === 'stopped' ? { ...state, phase: { ...phase, next: 'start' } } : state);
  }
}

function onStopWanted(policy: Policy, state: State, at: number): Step {
  const { phase } = state;
  const unwanted = settle(
    hubError('SERVER_START_FAILED', { server: policy.server, detail: 'it was told to stop' }),
  );
  switch (phase.kind) {
    case 'stopped':
    case 'quarantined':
      return still(state);
    case 'backoff':
      return still(
        enter(state, { kind: 'stopped' }, at),
        { kind: 'disarm-timers' },
        { kind: 'publish' },
        unwanted,
      );
    case 'starting':
    case 'ready':
    case 'degraded': {
      const step = stop(policy, state, { run: phase.run, next: 'stopped', step: 'end', at });
      return still(step.state, ...step.effects, unwanted);
    }
    case 'stopping':
      if (phase.next === 'quarantined') return still(state);
      return still({ ...state, phase: { ...phase, next: 'stopped' } }, unwanted);
  }
}

function onRestartWanted(policy: Policy, state: State, at: number): Step {
  const { phase } = state;
  const clean = forgiven(state);
  switch (phase.kind) {
    case 'stopped':
    case 'backoff':
    case 'quarantined':
      return start(clean, at);
    case 'starting':
    case 'ready':
    case 'degraded':
      return stop(policy, clean, { run: phase.run, next: 'start', step: 'end', at });
    case 'stopping':
      return still({ ...clean, phase: { ...phase, next: 'start' } });
  }
}

function onResetWanted(state: State, at: number): Step {
  const { phase } = state;
  const clean = forgiven(state);
  switch (phase.kind) {
    case 'quarantined':
      return still(enter(clean, { kind: 'stopped' }, at), { kind: 'publish' });
    case 'ready':
    case 'degraded':
      return still(enter(clean, { ...phase, kind: 'ready', probeFailures: 0, callFailures: 0 }, at), {
        kind: 'publish',
      });
    case 'stopping':
      if (phase.next !== 'quarantined') return still(clean);
      return still({ ...clean, phase: { ...phase, next: 'stopped' } });
    // A scheduled start stays scheduled: callers may be waiting for it.
    case 'backoff':
    case 'starting':
    case 'stopped':
      return still(clean, { kind: 'publish' });
  }
}

function onSpawned(policy: Policy, state: State, { run }: EventOf<'spawned'>): Step {
  if (state.phase.kind !== 'starting') return still(state);
  return still(
    state,
    { kind: 'arm-timer', timer: 'start', delayMs: policy.startTimeoutMs },
    { kind: 'publish' },
    { kind: 'handshake', run },
  );
}

function onHandshakeDone(policy: Policy, state: State, { at, run }: EventOf<'handshake-done'>): Step {
  if (state.phase.kind !== 'starting') return still(state);
  const ready = enter(
    { ...state, problem: undefined },
    { kind: 'ready', run, probeFailures: 0, callFailures: 0 },
    at,
  );
  return still(
    ready,
    { kind: 'disarm-timers' },
    { kind: 'arm-timer', timer: 'stable', delayMs: policy.stableMs },
    ...armIdle(policy.idleMs),
    ...armProbe(policy),
    { kind: 'publish' },
    settle(),
  );
}

function onExited(policy: Policy, state: State, event: EventOf<'exited'>): Step {
  const { phase } = state;
  if (phase.kind !== 'starting' && phase.kind !== 'ready' && phase.kind !== 'degraded') return still(state);
  const finished = phase.kind !== 'starting' && event.manner === 'clean' && policy.restart !== 'permanent';
  // What the process left behind has lost its leader: nothing is gained by asking politely.
  if (!finished && event.manner !== 'blameless') return fail(policy, state, event, 'kill');
  const noted = finished ? state : { ...state, problem: event.failure };
  const ended = stop(policy, noted, { run: event.run, next: 'stopped', step: 'kill', at: event.at });
  return still(ended.state, ...ended.effects, settle(event.failure));
}

function onGone(policy: Policy, state: State, { at, random }: EventOf<'gone'>): Step {
  if (state.phase.kind !== 'stopping') return still(state);
  const { next } = state.phase;
  switch (next) {
    case 'start':
      return start(state, at);
    case 'stopped':
    case 'quarantined':
      return still(enter(state, { kind: next }, at), { kind: 'disarm-timers' }, { kind: 'publish' });
    case 'backoff': {
      const delayMs = backoffDelay(policy, state.attempt, random);
      const waiting = enter(state, { kind: 'backoff', until: at + delayMs }, at);
      return still(
        waiting,
        { kind: 'disarm-timers' },
        { kind: 'arm-timer', timer: 'backoff', delayMs },
        { kind: 'publish' },
        ...(delayMs > longestWait(policy) ? [settle(later(policy, state, delayMs))] : []),
      );
    }
  }
}

function onEscalationDue(policy: Policy, state: State): Step {
  const { phase } = state;
  if (phase.kind !== 'stopping' || phase.step === 'kill') return still(state);
  const step = phase.step === 'end' ? 'term' : 'kill';
  const signal: Effect = { kind: 'signal', run: phase.run, step };
  const harder = { ...state, phase: { ...phase, step } satisfies Phase };
  if (step === 'kill') return still(harder, signal);
  return still(harder, signal, { kind: 'arm-timer', timer: 'escalate', delayMs: policy.shutdownMs });
}

function onServing(policy: Policy, state: State, event: ServingEvent): Step {
  const { phase } = state;
  if (phase.kind !== 'ready' && phase.kind !== 'degraded') return still(state);
  switch (event.kind) {
    case 'stability-reached':
      return still({ ...state, attempt: 0, failures: [] });
    case 'probe-due':
      return still(state, { kind: 'probe', run: phase.run });
    case 'probe-done':
      return onProbeDone(policy, state, phase, event);
    case 'call-observed':
      return judge(
        policy,
        state,
        { ...phase, callFailures: event.ok ? 0 : phase.callFailures + 1 },
        event.at,
      );
    case 'idle-checked': {
      if (event.busy) return still(state, ...armIdle(policy.idleMs));
      const leftMs = policy.idleMs - event.idleForMs;
      if (leftMs > 0) return still(state, ...armIdle(leftMs));
      return stop(policy, state, { run: phase.run, next: 'stopped', step: 'end', at: event.at });
    }
  }
}

function onProbeDone(
  policy: Policy,
  state: State,
  phase: Live,
  { at, ok, busy }: EventOf<'probe-done'>,
): Step {
  const probeFailures = ok ? 0 : phase.probeFailures + 1;
  // While calls run, an unanswered probe may only mean that the server works hard.
  if (probeFailures >= policy.restartAfterProbes && !busy) {
    const detail = `it left ${probeFailures} probes in a row unanswered`;
    return fail(
      policy,
      state,
      { at, run: phase.run, failure: hubError('UPSTREAM_LOST', { server: policy.server, detail }) },
      'end',
    );
  }
  const { state: judged, effects } = judge(policy, state, { ...phase, probeFailures }, at);
  return still(judged, ...effects, ...armProbe(policy));
}

/** Ready or degraded, by the failures in a row. */
function judge(policy: Policy, state: State, phase: Live, at: number): Step {
  const weak =
    phase.probeFailures >= policy.degradedAfterProbes || phase.callFailures >= policy.degradedAfterCalls;
  const kind = weak ? 'degraded' : 'ready';
  const judged = enter(state, { ...phase, kind }, at);
  return kind === state.phase.kind ? still(judged) : still(judged, { kind: 'publish' });
}

const armIdle = (delayMs: number): Effect[] =>
  delayMs > 0 ? [{ kind: 'arm-timer', timer: 'idle', delayMs }] : [];

const armProbe = ({ probeMs }: Policy): Effect[] =>
  probeMs > 0 ? [{ kind: 'arm-timer', timer: 'probe', delayMs: probeMs }] : [];

const longestWait = (policy: Policy): number => Math.min(policy.longestWaitMs, policy.startTimeoutMs);

/** Delay before the start that follows the given number of failures, spread by chance. */
function backoffDelay({ backoffMs, jitter }: Policy, attempt: number, random: number): number {
  const base = backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? backoffMs[0] ?? 0;
  return Math.round(base * (1 - jitter + 2 * jitter * random));
}

/** The failure in words, without the sentence around it. */
const cause = ({ problem }: State): string =>
  String(problem?.params['detail'] ?? problem?.message ?? 'for an unknown reason');

function later({ server }: Policy, state: State, delayMs: number): CounterpartError {
  const detail = `${cause(state)}\nIt is tried again in ${Math.ceil(delayMs / 1_000)} s.`;
  return hubError('SERVER_START_FAILED', { server, detail });
}

const quarantined = ({ server }: Policy, state: State): CounterpartError =>
  hubError('SERVER_QUARANTINED', { server, failures: state.failures.length, detail: cause(state) });
