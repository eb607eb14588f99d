import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Effect, Next, Phase, Policy, State, Step, StopStep } from './state.ts';

/** The state as it is, with effects. */
export const still = (state: State, ...effects: Effect[]): Step => ({ state, effects });

/** Another phase; its time begins anew when its kind changes. */
export function enter(state: State, phase: Phase, at: number): State {
  return { ...state, phase, since: phase.kind === state.phase.kind ? state.since : at };
}

/** Without any failure remembered. */
export const forgiven = (state: State): State => ({ ...state, attempt: 0, failures: [], problem: undefined });

/** Answers whoever waits for readiness. */
export const settle = (failure?: CounterpartError): Effect => ({ kind: 'settle', failure });

/** Begins a new run. */
export function start(state: State, at: number): Step {
  const run = state.runs + 1;
  const next = enter({ ...state, runs: run }, { kind: 'starting', run }, at);
  return still(next, { kind: 'disarm-timers' }, { kind: 'publish' }, { kind: 'spawn', run });
}

/** Begins to end a run; it is over when `gone` arrives. */
export function stop(
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
    // Before anyone hears of it: a call made on hearing it must find the input of the process ended.
    { kind: 'signal', run, step },
    { kind: 'publish' },
  );
}

/** A run failed: whoever waits hears the cause at once, and the budget decides what follows. */
export function fail(
  policy: Policy,
  state: State,
  { at, run, failure }: { at: number; run: number; failure: CounterpartError },
  step: StopStep,
): Step {
  const failures = [...state.failures.filter((earlier) => at - earlier < policy.windowMs), at];
  const next = afterFailure(policy, state, failures.length);
  const attempt = state.attempt + (next === 'again' ? 0 : 1);
  const counted = { ...state, failures, attempt, problem: failure };
  const stopped = stop(policy, counted, { run, next, step, at });
  return still(stopped.state, ...stopped.effects, settle(failure));
}

/** One that served well and fails for the first time in the window is started at once; only a repeated failure needs a pause. */
function afterFailure(policy: Policy, { phase }: State, failures: number): Next {
  if (failures >= policy.budget) return 'quarantined';
  if (policy.restart === 'temporary') return 'stopped';
  return failures === 1 && phase.kind === 'ready' ? 'again' : 'backoff';
}

/** Looks for idleness after the delay; never when it is 0. */
export const armIdle = (delayMs: number): Effect[] =>
  delayMs > 0 ? [{ kind: 'arm-timer', timer: 'idle', delayMs }] : [];

/** Probes after the policy's time; never when it is 0. */
export const armProbe = ({ probeMs }: Policy): Effect[] =>
  probeMs > 0 ? [{ kind: 'arm-timer', timer: 'probe', delayMs: probeMs }] : [];

/** The longest that a caller waits for a scheduled start. */
export const longestWait = (policy: Policy): number => Math.min(policy.longestWaitMs, policy.startTimeoutMs);

/** Delay before the start that follows the given number of failures, spread by chance. */
export function backoffDelay({ backoffMs, jitter }: Policy, attempt: number, random: number): number {
  const base = backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? backoffMs[0] ?? 0;
  return Math.round(base * (1 - jitter + 2 * jitter * random));
}

/** The failure in words, without the sentence around it. */
const cause = ({ problem }: State): string =>
  String(problem?.params['detail'] ?? problem?.message ?? 'for an unknown reason');

/** What a caller is told when the next start is too far away to wait for. */
export function later({ server }: Policy, state: State, delayMs: number): CounterpartError {
  const detail = `${cause(state)}\nIt is tried again in ${Math.ceil(delayMs / 1_000)} s.`;
  return hubError('SERVER_START_FAILED', { server, detail });
}

/** What a caller is told of a process that is not started any more. */
export const quarantined = ({ server }: Policy, state: State): CounterpartError =>
  hubError('SERVER_QUARANTINED', { server, failures: state.failures.length, detail: cause(state) });
