import { STATUS_CODES } from 'node:http';
import type { Fault, Operation } from '@counterpart/schemas';
import type { SchemaBook } from '../schema/schema-book.ts';
import type { DropConnection } from './broken-body.ts';
import { describedError } from './described-error.ts';
import type { Strike } from './fault-plan.ts';

/** What a strike needs to know of the request that it hits. */
export interface StruckBy {
  readonly book: SchemaBook;
  readonly seed: number;
  readonly operation: Operation | undefined;
  readonly drop: DropConnection;
  /** Aborted when the caller left. */
  readonly signal: AbortSignal;
}

/** Lets a fault strike before an answer is made: it waits, ends the connection, or is the answer. Body faults come later. */
export async function strike(
  { fault, waitMs, retryAfterS }: Strike,
  by: StruckBy,
): Promise<Response | undefined> {
  switch (fault.kind) {
    case 'latency':
      await pause(waitMs, by.signal);
      return undefined;
    case 'hang':
      await pause(fault.ms, by.signal);
      return dropped(by.drop);
    case 'reset':
      return dropped(by.drop);
    case 'rate-limit':
      return describedError(
        by.operation,
        {
          status: 429,
          slug: 'rate-limited',
          title: 'Too many requests',
          detail: `Too many requests; try again in ${retryAfterS} s.`,
          headers: { 'retry-after': String(retryAfterS) },
        },
        by,
      );
    case 'error':
      return errorAnswer(fault, by);
    case 'truncate':
    case 'malformed':
    case 'drip':
      return undefined;
  }
}

function errorAnswer({ status, headers = {}, body }: Fault & { kind: 'error' }, by: StruckBy): Response {
  if (body !== undefined) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
    return new Response(text, { status, headers: { 'content-type': type, ...headers } });
  }
  const title = STATUS_CODES[status] ?? 'Error';
  return describedError(
    by.operation,
    { status, slug: 'injected-fault', title, detail: `${title}, as was asked of the mirror.`, headers },
    by,
  );
}

/** Waits, or less when the caller leaves. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** The response is never seen; it only ends the course of the request. */
function dropped(drop: DropConnection): Response {
  drop('reset');
  return new Response(null, { status: 503 });
}
