import { setTimeout as sleep } from 'node:timers/promises';
import { KIT_VERSION } from '../version.ts';
import { addressOf, hostAllowed } from './address.ts';
import { exchange, type ExchangeLimits, type WireRequest, type WireResponse } from './exchange.ts';
import { HttpFailure } from './failures/http-failure.ts';
import type { Proof } from './proof.ts';
import { nextRetry } from './failures/retry.ts';

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** All that travels on to another host; whatever else was set might be a credential. */
const HARMLESS_HEADERS = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

export interface SendOptions extends Omit<ExchangeLimits, 'tls'> {
  /** Repeating the call does no more than calling once. */
  readonly idempotent: boolean;
  /** `host:port` that may be reached, with `*` for free parts. */
  readonly hosts: readonly string[];
  /** Given to its own host with every attempt, also after a redirect there. */
  readonly proof?: Proof | undefined;
}

export interface Sent extends WireResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

async function sendWithRetries(request: WireRequest, options: SendOptions): Promise<WireResponse> {
  const proof = options.proof?.host === addressOf(request.url).host ? options.proof : undefined;
  for (let attempt = 0; ; attempt += 1) {
    const signed = proof?.sign?.(request) ?? request;
    const outcome = await exchange(signed, { ...options, tls: proof?.tls }).catch((error: unknown) => {
      if (error instanceof HttpFailure) return error;
      throw error;
    });
    const seen =
      outcome instanceof Error
        ? outcome
        : { status: outcome.status, retryAfter: outcome.headers['retry-after'] };
    const next = nextRetry({
      attempt,
      idempotent: options.idempotent,
      outcome: seen,
      random: Math.random(),
      now: Date.now(),
    });
    if (next.kind === 'retry') await sleep(next.delayMs, undefined, { signal: options.signal });
    else if (outcome instanceof Error) throw outcome;
    else return outcome;
  }
}

/** Where a redirect leads, when it may be followed: only for reads, only to an allowed host. */
function redirectTarget(
  request: WireRequest,
  response: WireResponse,
  hosts: readonly string[],
): string | undefined {
  const { location } = response.headers;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || location === undefined || !REDIRECTS.has(response.status)) return undefined;
  if (!URL.canParse(location, request.url)) return undefined;
  const target = new URL(location, request.url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') return undefined;
  return hostAllowed(addressOf(target.href).host, hosts) ? target.href : undefined;
}

function redirected(request: WireRequest, url: string): WireRequest {
  const same = new URL(url).origin === new URL(request.url).origin;
  const headers = same
    ? request.headers
    : Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => HARMLESS_HEADERS.has(name.toLowerCase())),
      );
  return { ...request, url, headers };
}

/**
 * Sends a request to an allowed host, repeats it when that is safe, and follows redirects of reads, without credentials
 * once the origin changes. A redirect that may not be followed is returned as the answer. Rejects with HttpFailure.
 */
export async function send(request: WireRequest, options: SendOptions): Promise<Sent> {
  let current: WireRequest = {
    ...request,
    headers: {
      'user-agent': `counterpart-kit/${KIT_VERSION}`,
      'accept-encoding': 'gzip, br',
      ...request.headers,
    },
  };
  for (let hops = 0; ; hops += 1) {
    const { host } = addressOf(current.url);
    if (!hostAllowed(host, options.hosts))
      throw new HttpFailure('refused', `${host} is not among the hosts this server may reach`);
    const response = await sendWithRetries(current, options);
    const target = hops < MOST_REDIRECTS ? redirectTarget(current, response, options.hosts) : undefined;
    if (target === undefined) return { ...response, url: current.url };
    current = redirected(current, target);
  }
}
