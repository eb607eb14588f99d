import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BROKER_HEADERS } from '@counterpart/kit/broker';

/** Headers of one connection (RFC 9110, 7.6.1), and those that the broker makes itself. */
const OF_ONE_HOP = new Set([
  'connection',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const namedIn = (connection: string | undefined): Set<string> =>
  new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));

/** What of a message's headers goes on to the next hop: neither a connection's own nor the broker's. */
export function passedHeaders(
  message: Pick<IncomingMessage, 'headersDistinct'> & { readonly headers: IncomingHttpHeaders },
): Record<string, string[]> {
  const named = namedIn(message.headers.connection);
  return Object.fromEntries(
    Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      OF_ONE_HOP.has(name) || named.has(name) || name.startsWith(BROKER_HEADERS)
        ? []
        : [[name, values] as const],
    ),
  );
}

/** Whether a request brings a body; without either header it has none (RFC 9112, 6.3). */
export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
