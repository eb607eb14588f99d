import { createHash } from 'node:crypto';
import type { WireRequest } from '../http/exchange.ts';

/** What of a request a signature speaks of; on the side that checks it as well as on the one that makes it. */
export interface Signable {
  readonly method: string;
  /** Absolute and encoded, as it is sent. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The parts of an address as they stand in a request's first line and Host header. */
export interface UrlParts {
  readonly scheme: string;
  /** Lower case, with the port unless it is the scheme's own. */
  readonly host: string;
  /** Encoded; at least `/`. */
  readonly path: string;
  /** Encoded, without the question mark. */
  readonly query: string;
}

/** Takes an absolute URL apart without changing how its path and query are written. */
export function urlParts(url: string): UrlParts {
  const { protocol, host } = new URL(url);
  const [, rest = ''] = /^[a-z]+:\/\/[^/?#]+([^#]*)/i.exec(url) ?? [];
  const at = rest.indexOf('?');
  const path = at < 0 ? rest : rest.slice(0, at);
  return {
    scheme: protocol.slice(0, -1),
    host: host.toLowerCase(),
    path: path === '' ? '/' : path,
    query: at < 0 ? '' : rest.slice(at + 1),
  };
}

/** A request on its way out as something that can be signed. */
export const toSignable = ({ method, url, headers, body }: WireRequest): Signable => ({
  method,
  url,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: body ?? new Uint8Array(),
});

export const sha256Hex = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
