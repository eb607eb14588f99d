import { timingSafeEqual } from 'node:crypto';
import { urlParts, type Signable } from '@counterpart/kit/signing';
import type { RawRequest } from '../request/decode-request.ts';

/** What a request carries for a scheme: nothing, something of no use (and why), or the right thing. */
export type Standing =
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong'; readonly reason?: string }
  /** `nonce`: what may be used this once. */
  | { readonly kind: 'good'; readonly nonce?: string };

export const MISSING: Standing = { kind: 'missing' };
export const wrong = (reason: string): Standing => ({ kind: 'wrong', reason });

/** What signatures are held against. */
export interface Held {
  /** Of both sides; undefined: only form and time are looked at. */
  readonly key: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The request as its sender signed it. */
export function signableOf({ method, address, path, query, headers, body }: RawRequest): Signable {
  const url = `${address ?? `http://localhost${path}`}${query === '' ? '' : `?${query}`}`;
  return { method, url, headers: { host: urlParts(url).host, ...Object.fromEntries(headers) }, body };
}

/** Why a time is not taken; undefined when it lies within `seconds` of now. */
export function staleness(time: number, { now }: Held, seconds: number): string | undefined {
  if (Number.isNaN(time)) return 'its time cannot be read';
  const apart = Math.round(Math.abs(now - time) / 1_000);
  return apart <= seconds
    ? undefined
    : `its time is ${apart} s from the mirror's, and ${seconds} s are allowed`;
}

/** In a time that does not tell how much of it was right. */
export const isSameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const NOT_OF_THIS_REQUEST =
  'its signature is not that of this request with the key the mirror has issued';
