import { credentialsFor, NO_CREDENTIALS, type Credentials, type Env } from '@counterpart/kit';
import { signRequest } from '@counterpart/kit/signing';
import {
  type AuthScheme,
  type Blueprint,
  hubError,
  type Operation,
  type ServiceLimits,
} from '@counterpart/schemas';
import { missingCredentials } from '../request/credentials.ts';
import type { RawRequest } from '../request/decode-request.ts';
import { isTransportHeader } from '../recording/har-entry.ts';
import type { ServiceAddress } from './service-address.ts';

/** An answer of the real service whose body is still coming. */
export interface ServiceAnswer {
  /** The address that was asked, without its query. */
  readonly asked: string;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  /** Texts of credentials that were sent: they must not be written down. */
  readonly secrets: readonly string[];
}

/** The service that a mirror stands for. */
export interface RealService {
  readonly address: ServiceAddress;
  /**
   * Sends a request on. Redirects within the service are followed, others are handed back. Rejects with
   * MIRROR_TARGET_MISSING, MIRROR_HOST_REFUSED or SERVICE_UNREACHABLE.
   */
  call(request: RawRequest, operation: Operation | undefined, signal: AbortSignal): Promise<ServiceAnswer>;
}

export interface RealServiceOptions {
  readonly blueprint: Blueprint;
  readonly address: ServiceAddress;
  readonly limits: ServiceLimits;
  /** Where credentials are looked up that a caller does not send. */
  readonly env: Env;
}

/** Headers that concern the way from the caller to the mirror only. */
const OWN_HEADERS = new Set(['host', 'expect', 'accept-encoding', 'proxy-authorization', 'forwarded']);
const isOwnHeader = (name: string): boolean =>
  OWN_HEADERS.has(name) ||
  name.startsWith('x-forwarded-') ||
  name.startsWith('sec-') ||
  isTransportHeader(name);

/** Reaches the service over HTTP. */
export function createRealService(options: RealServiceOptions): RealService {
  const { address } = options;
  return {
    address,
    async call(request, operation, signal) {
      const credentials = credentialsOf(request, operation, options);
      const headers = sentHeaders(request, credentials);
      const query = [request.query, ...credentials.query].filter((part) => part !== '').join('&');
      const start = new URL(`${address.base(operation)}${request.path}${query === '' ? '' : `?${query}`}`);
      const body = request.body.length > 0 ? Uint8Array.from(request.body) : null;
      const sent = signedSent(start, { method: request.method, headers, body }, credentials);
      const { response, url } = await followed(sent.url, sent, { ...options, signal });
      return {
        asked: `${start.origin}${start.pathname}`,
        url: url.href,
        status: response.status,
        headers: response.headers,
        body: response.body,
        secrets: [...credentials.secrets, ...callerSecrets(request)],
      };
    },
  };
}

/** The environment's credentials, for a caller that sends none of its own. */
function credentialsOf(
  request: RawRequest,
  operation: Operation | undefined,
  { blueprint, env }: RealServiceOptions,
): Credentials {
  const asked = operation ?? { name: blueprint.id };
  const isOpen = operation ? missingCredentials(blueprint, operation, request) === undefined : false;
  if (isOpen && !isOptional(blueprint, operation)) return NO_CREDENTIALS;
  if (request.headers.has('authorization')) return NO_CREDENTIALS;
  try {
    return credentialsFor(blueprint, asked, env);
  } catch {
    // None are configured: the service itself says that it wants one.
    return NO_CREDENTIALS;
  }
}

/** Operations that work without a credential take one all the same. */
function isOptional(blueprint: Blueprint, operation: Operation | undefined): boolean {
  const alternatives = operation?.auth ?? blueprint.auth.default;
  return alternatives.some((requirement) => Object.keys(requirement).length === 0);
}

/** Texts after the scheme of an Authorization header, and cookies: what a caller sent to prove itself. */
function callerSecrets({ headers }: RawRequest): string[] {
  const authorization = headers.get('authorization')?.replace(/^\S+\s+/, '');
  const cookies = (headers.get('cookie') ?? '').split(/;\s*/).map((pair) => pair.replace(/^[^=]*=/, ''));
  return [...(authorization === undefined ? [] : [authorization]), ...cookies].filter((text) => text !== '');
}

function sentHeaders(request: RawRequest, credentials: Credentials): Headers {
  const headers = new Headers([...request.headers].filter(([name]) => !isOwnHeader(name)));
  for (const [name, value] of Object.entries(credentials.headers)) headers.set(name, value);
  const cookies = [headers.get('cookie'), ...credentials.cookies].filter((text) => text !== null);
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  return headers;
}

interface Sent {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** The request with the signatures that the credentials make; the address may have more in its query then. */
function signedSent(url: URL, sent: Sent, { signers }: Credentials): Sent & { readonly url: URL } {
  if (signers.length === 0) return { ...sent, url };
  const { method, headers, body } = sent;
  const plain = { method, url: url.href, headers: Object.fromEntries(headers), body: body ?? undefined };
  const signed = signRequest(plain, signers);
  const { host: _own, ...rest } = signed.headers;
  return {
    ...sent,
    headers: new Headers(rest),
    body: signed.body === undefined ? null : new Uint8Array(signed.body),
    url: new URL(signed.url),
  };
}

function signingHeaders(scheme: AuthScheme): string[] {
  if (scheme.kind === 'aws-sigv4') return ['x-amz-security-token'];
  if (scheme.kind !== 'signature') return [];
  const { signature } = scheme;
  return signature.form === 'template'
    ? signature.places.flatMap((place) => (place.in === 'header' ? [place.name] : []))
    : ['signature', 'signature-input'];
}

const REDIRECTS = [301, 302, 303, 307, 308];

async function followed(
  start: URL,
  first: Sent,
  options: RealServiceOptions & { readonly signal: AbortSignal },
): Promise<{ response: Response; url: URL }> {
  const { address, limits, blueprint } = options;
  let [url, sent] = [start, first];
  for (let hops = 0; ; hops += 1) {
    if (!address.allows(url))
      throw hubError('MIRROR_HOST_REFUSED', {
        mirror: blueprint.id,
        host: url.host,
        allowed: address.hosts.join(', ') || 'none',
      });
    const response = await reached(url, sent, options);
    const next = redirectOf(response, url, sent);
    // Another host's business is the caller's to decide; so is a chain that does not end.
    if (!next || !address.allows(next.url) || hops >= limits.maxRedirects) return { response, url };
    await response.body?.cancel();
    if (next.url.hostname !== url.hostname)
      for (const name of provingHeaders(blueprint)) next.sent.headers.delete(name);
    ({ url, sent } = next);
  }
}

/** Names of headers that prove who calls: they were meant for the host that was asked first. */
const provingHeaders = ({ auth }: Blueprint): string[] => [
  'authorization',
  'cookie',
  ...Object.values(auth.schemes).flatMap((scheme) =>
    scheme.kind === 'api-key' && scheme.in === 'header' ? [scheme.name] : signingHeaders(scheme),
  ),
];

/** What a redirect asks for (RFC 9110, 15.4); only what is sure to do no harm twice is sent anew. */
function redirectOf(response: Response, url: URL, sent: Sent): { url: URL; sent: Sent } | undefined {
  const location = response.headers.get('location');
  if (!REDIRECTS.includes(response.status) || location === null) return undefined;
  const isSafe = /^(?:GET|HEAD)$/.test(sent.method);
  const isKept = response.status === 307 || response.status === 308;
  if (!isSafe && !isKept) return undefined;
  return URL.canParse(location, url.href)
    ? { url: new URL(location, url.href), sent: { ...sent, headers: new Headers(sent.headers) } }
    : undefined;
}

async function reached(
  url: URL,
  { method, headers, body }: Sent,
  { limits, signal }: RealServiceOptions & { readonly signal: AbortSignal },
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.timeoutMs);
  try {
    return await fetch(url.href, {
      method,
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, late.signal]),
    });
  } catch (cause) {
    const detail = late.signal.aborted ? `no answer within ${limits.timeoutMs} ms` : reasonOf(cause);
    throw hubError('SERVICE_UNREACHABLE', { url: `${url.origin}${url.pathname}`, detail }, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** The network's own word, which fetch hides in a cause. */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (!(inner instanceof Error)) return String(inner);
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return inner.message === '' ? code || inner.name : inner.message;
}
