import type { HttpFailure } from './http-failure.ts';

const MOST_RETRIES = 2;
const BASE_MS = 250;
/** A service that asks for more patience than this gets none: the caller decides, instead of waiting in the dark. */
const LONGEST_WAIT_MS = 10_000;
const TRANSIENT = new Set([429, 502, 503, 504]);

export type Retry = { readonly kind: 'give-up' } | { readonly kind: 'retry'; readonly delayMs: number };

export interface Attempt {
  /** 0 for the first. */
  readonly attempt: number;
  readonly idempotent: boolean;
  readonly outcome: { readonly status: number; readonly retryAfter?: string | undefined } | HttpFailure;
  /** 0 ≤ random < 1. */
  readonly random: number;
  readonly now: number;
}

/** The wait a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date. Undefined when it says neither. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Whether and when to send again. Only idempotent calls, at most twice, only after transient failures. */
export function nextRetry({ attempt, idempotent, outcome, random, now }: Attempt): Retry {
  if (!idempotent || attempt >= MOST_RETRIES) return { kind: 'give-up' };
  const backoffMs = Math.round(BASE_MS * 2 ** attempt * (0.5 + random / 2));
  if (outcome instanceof Error) {
    const again = outcome.kind === 'connect' || outcome.kind === 'network';
    return again ? { kind: 'retry', delayMs: backoffMs } : { kind: 'give-up' };
  }
  if (!TRANSIENT.has(outcome.status)) return { kind: 'give-up' };
  const asked = retryAfterMs(outcome.retryAfter, now);
  if (asked !== undefined && asked > LONGEST_WAIT_MS) return { kind: 'give-up' };
  return { kind: 'retry', delayMs: Math.max(asked ?? 0, backoffMs) };
}
