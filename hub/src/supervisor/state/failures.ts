import { CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import { describeExit, describeStderr, type Exit } from '../process/causes.ts';
import type { State } from './state.ts';

/** Lines of standard error, oldest first. */
type Printed = readonly string[];

/** What a process left behind in words. */
interface Said {
  readonly printed: Printed;
  /** In place of the protocol, as the end of a sentence. */
  readonly stray: string;
}

/** Why a process is lost that ended while it was in the given state. */
export function exitFailure(server: string, state: State, exit: Exit, said: Said): CounterpartError {
  const { printed, stray } = said;
  const { phase, problem } = state;
  if (phase.kind === 'starting') {
    const detail = `${describeExit(exit)} before it had answered the handshake${stray}${describeStderr(printed)}`;
    return hubError('SERVER_START_FAILED', { server, detail });
  }
  if (phase.kind !== 'stopping')
    return hubError('UPSTREAM_LOST', { server, detail: describeExit(exit) + describeStderr(printed) });
  const failed = phase.next === 'backoff' || phase.next === 'quarantined';
  return failed && problem ? problem : hubError('UPSTREAM_LOST', { server, detail: 'it was stopped' });
}

/** Why a handshake failed: what it says itself, unless it only says that the connection closed. */
export function handshakeFailure(server: string, thrown: unknown, printed: Printed): CounterpartError {
  if (thrown instanceof CounterpartError && thrown.code !== 'UPSTREAM_LOST') return thrown;
  const { message, params } = toCounterpartError(thrown);
  const detail = `${params['detail'] ?? message}${describeStderr(printed)}`;
  return hubError('SERVER_START_FAILED', { server, detail }, { cause: thrown });
}

export function startTimeout(server: string, timeoutMs: number, printed: Printed): CounterpartError {
  return hubError('SERVER_START_TIMEOUT', {
    server,
    timeoutMs,
    detail: `no answer came${describeStderr(printed)}`,
  });
}
