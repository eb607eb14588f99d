import type { Effect, Event, EventOf, Phase, Policy, State, Step } from './state.ts';
import { runOf } from './state.ts';
import { onServing } from './serving.ts';
import {
  armIdle,
  armProbe,
  backoffDelay,
  enter,
  fail,
  later,
  longestWait,
  settle,
  start,
  still,
  stop,
} from './steps.ts';
import { onWanted } from './wishes.ts';

/**
 * What happens next to a supervised process. Pure: time and chance come with the events. Guarantees that a process is spawned
 * only when nothing of the one before is left, and that whoever waits for readiness is answered.
 */
export function reduce(policy: Policy, state: State, event: Event): Step {
  if (isLate(state, event)) return still(state);
  switch (event.kind) {
    case 'wanted':
      return onWanted(policy, state, event);
    case 'spawned':
      return onSpawned(policy, state, event);
    case 'handshake-done':
      return onHandshakeDone(policy, state, event);
    case 'start-failed':
      return onStartFailed(policy, state, event);
    case 'exited':
      return onExited(policy, state, event);
    case 'gone':
      return onGone(policy, state, event);
    case 'backoff-over':
      return onBackoffOver(state, event);
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

/** A late word of an earlier life says nothing of this one. */
const isLate = ({ phase }: State, event: Event): boolean => 'run' in event && event.run !== runOf(phase);

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

function onStartFailed(policy: Policy, state: State, event: EventOf<'start-failed'>): Step {
  return state.phase.kind === 'starting' ? fail(policy, state, event, 'end') : still(state);
}

function onBackoffOver(state: State, { at }: EventOf<'backoff-over'>): Step {
  if (state.phase.kind !== 'backoff') return still(state);
  return start({ ...state, restarts: state.restarts + 1 }, at);
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
    case 'again':
      return start({ ...state, restarts: state.restarts + 1 }, at);
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
