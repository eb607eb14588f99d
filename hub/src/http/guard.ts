import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type CounterpartError, hubError } from '@counterpart/schemas';
import { OWNER } from '../kernel/audit/principal.ts';

/** Names by which a program on this machine reaches a loopback address. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface GuardOptions {
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly port: number;
  /** Links of other sites may lead there. */
  readonly isLinked?: boolean;
}

const withoutPort = (host: string): string => host.toLowerCase().replace(/:\d+$/, '');

/** Usual values of the header, as they come: with the port of this listener. */
const isUsualHost = (host: string, port: number): boolean =>
  host === `127.0.0.1:${port}` || host === `localhost:${port}`;

/**
 * Refuses what a page in a browser could send through a rebound name (MCP 2026-07-28, transports, security warning):
 * the Host must be a loopback name or an allowed one, an Origin, if sent, likewise. For pictures, frames and links browsers send
 * no Origin, and say that another site asks (W3C Fetch Metadata). HOST_FORBIDDEN or undefined.
 */
export function checkHostAndOrigin(
  headers: IncomingMessage['headers'],
  options: GuardOptions,
): CounterpartError | undefined {
  const host = headers.host ?? '';
  if (!isUsualHost(host, options.port) && !isAllowedHost(host, options.allowedHosts)) {
    return hubError('HOST_FORBIDDEN', { header: 'Host', value: host.slice(0, 100), port: options.port });
  }
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined && site === 'cross-site' && options.isLinked !== true)
    return hubError('HOST_FORBIDDEN', { header: 'Sec-Fetch-Site', value: site, port: options.port });
  if (origin === undefined || options.allowedOrigins.includes(origin) || isLoopbackOrigin(origin))
    return undefined;
  return hubError('HOST_FORBIDDEN', { header: 'Origin', value: origin.slice(0, 100), port: options.port });
}

function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = withoutPort(host);
  if (LOOPBACK.has(name)) return true;
  const hosts = allowedHosts.map((allowed) => allowed.toLowerCase());
  return hosts.includes(host.toLowerCase()) || hosts.includes(name);
}

function isLoopbackOrigin(origin: string): boolean {
  const match = /^https?:\/\/([^/]+)$/.exec(origin);
  return match?.[1] !== undefined && LOOPBACK.has(withoutPort(match[1]));
}

const BEARER = /^Bearer +(\S+)$/i;

/** Who may ask where. */
export interface Entrance {
  /** Whose token this is; undefined: nobody's. */
  readonly identify: (token: string) => string | undefined;
  /** Whether who shows nothing is taken for the owner. */
  readonly isOpen: boolean;
  readonly subject: string;
}

/**
 * The principal of a request, by its bearer token (RFC 6750, section 2.1). One that is nobody's is refused also where none is
 * needed: a person whose token was taken back must not become the owner by it.
 */
export function askerIn(
  { authorization }: IncomingMessage['headers'],
  { identify, isOpen, subject }: Entrance,
): string | CounterpartError {
  if (authorization === undefined && isOpen) return OWNER;
  const token = BEARER.exec(authorization ?? '')?.[1];
  const asker = token === undefined ? (isOpen ? OWNER : undefined) : identify(token);
  return asker ?? hubError('AUTH_REQUIRED', { subject });
}

/** AUTH_REQUIRED unless the request carries the hub's token as a bearer token. */
export function checkToken(
  headers: IncomingMessage['headers'],
  token: string,
  subject: string,
): CounterpartError | undefined {
  const given = BEARER.exec(headers.authorization ?? '')?.[1] ?? '';
  return isSameText(given, token) ? undefined : hubError('AUTH_REQUIRED', { subject });
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function isSameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
