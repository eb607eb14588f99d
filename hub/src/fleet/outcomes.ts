import type { CounterpartError } from '@counterpart/schemas';
import type { ProcessSnapshot, ServerOutcome } from '../kernel/ports.ts';

/** A server as far as it is judged here. */
export interface Judged {
  readonly enabled: boolean;
  readonly isRemote: boolean;
  readonly snapshot: ProcessSnapshot;
  /** Why it gives no lists though it runs. */
  readonly listProblem?: CounterpartError | undefined;
}

/**
 * What a client must know of a server that does not serve as it should; undefined when it does. `stale`: its lists are those
 * it gave last; `failed`: nothing of it is listed, or it could not be made; `quarantined`: it is not started any more.
 */
export function outcomeOf(
  { enabled, isRemote, snapshot, listProblem }: Judged,
  facts: { readonly expired: boolean; readonly listed: boolean },
): ServerOutcome | undefined {
  const { state, problem, code = 'UPSTREAM_LOST' } = snapshot;
  const isOffered = facts.listed && !facts.expired;
  if (enabled && state === 'ready' && listProblem)
    return { state: isOffered ? 'stale' : 'failed', code: listProblem.code };
  if (!enabled || problem === undefined || state === 'ready') return undefined;
  // Calls that fail do not make a server one that is down.
  if (state === 'degraded' && (!isRemote || code === 'CALL_TIMEOUT')) return undefined;
  if (state === 'quarantined') return { state: 'quarantined', code };
  return { state: isOffered ? 'stale' : 'failed', code };
}

/** The same of a server that cannot be had as it stands, of which an earlier version may go on. */
export const outcomeOfProblem = ({ code }: CounterpartError, runs: boolean): ServerOutcome => ({
  state: runs ? 'stale' : 'failed',
  code,
});
