import { CounterpartError, hubError } from '@counterpart/schemas';

/** What cannot be written as JSON again was nested too deeply to be read by the server either. */
export const unsendable = (method: string, cause: unknown): CounterpartError =>
  hubError(
    'INPUT_INVALID',
    { subject: method, detail: 'it is nested too deeply to be passed on' },
    { cause },
  );

/** Why a request of the hub's own was given up: the reason of its signal where that is an error of the catalogue. */
export function abortError(server: string, method: string, signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof CounterpartError) return reason;
  return hubError('UPSTREAM_LOST', { server, detail: `${method} was given up` });
}
