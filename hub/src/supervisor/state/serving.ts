import { hubError } from '@counterpart/schemas';
import type { EventOf, Phase, Policy, State, Step } from './state.ts';
import { armIdle, armProbe, enter, fail, still, stop } from './steps.ts';

type Live = Extract<Phase, { kind: 'ready' | 'degraded' }>;
type ServingEvent = EventOf<
  'idle-checked' | 'probe-due' | 'probe-done' | 'stability-reached' | 'call-observed'
>;

/** What happens while a process serves: idleness, probes, calls. */
export function onServing(policy: Policy, state: State, event: ServingEvent): Step {
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
