import type { CounterpartError } from '@counterpart/schemas';
import type { ProcessSnapshot, ServerOutcome } from '../kernel/ports.ts';

/** A server as far as it is judged here. */
export interface Judged {
  readonly enabled: boolean;
  readonly isRemote: boolean;
  readonly snapshot: ProcessSnapshot;
}

/**
 * What a client must know of a server that does not serve as it should; undefined when it does. `stale`: its lists are those
 * it gave last; `failed`: nothing of it is listed, or it could not be made; `quarantined`: it is not started any more.
 */
export function outcomeOf(
  { enabled, isRemote, snapshot }: Judged,
  facts: { readonly expired: boolean; readonly listed: boolean },
): ServerOutcome | undefined {
  const { state, problem, code = 'UPSTREAM_LOST' } = snapshot;
  if (!enabled || problem === undefined || state === 'ready') return undefined;
  // Calls that fail do not make a server one that is down.
  if (state === 'degraded' && (!isRemote || code === 'CALL_TIMEOUT')) return undefined;
  if (state === 'quarantined') return { state: 'quarantined', code };
  return { state: facts.listed && !facts.expired ? 'stale' : 'failed', code };
}

/** The same of a server that cannot be had as it stands, of which an earlier version may go on. */
export const outcomeOfProblem = ({ code }: CounterpartError, runs: boolean): ServerOutcome => ({
  state: runs ? 'stale' : 'failed',
  code,
});
