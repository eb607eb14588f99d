import type { IncomingHttpHeaders } from 'node:http';

/** The innermost reason of a broken connection. */
export function connectionReason(error: Error): string {
  let reason: Error = error;
  while (reason.cause instanceof Error) reason = reason.cause;
  const code = 'code' in reason && typeof reason.code === 'string' ? reason.code : '';
  // Of both addresses of a name, none answered: its message is empty.
  return [code, reason.message].filter((part) => part !== '').join(' ') || error.message;
}

/** Milliseconds that `Retry-After` or `retry-after-ms` ask to wait (RFC 9110, 10.2.3); undefined: they say nothing. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const told = headers['retry-after'];
  if (told === undefined) return undefined;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : undefined;
  const at = Date.parse(told);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
