import { hubError } from '@counterpart/schemas';
import type { EventOf, Policy, State, Step } from './state.ts';
import { enter, forgiven, later, longestWait, quarantined, settle, start, still, stop } from './steps.ts';

/** What people and calls want of a process. */
export function onWanted(policy: Policy, state: State, { what, at }: EventOf<'wanted'>): Step {
  switch (what) {
    case 'start':
      return onStartWanted(policy, state, at);
    case 'stop':
      return onStopWanted(policy, state, at);
    case 'restart':
      return onRestartWanted(policy, state, at);
    case 'reset':
      return onResetWanted(state, at);
  }
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
