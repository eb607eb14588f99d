import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CounterpartError, toCounterpartError } from '@counterpart/schemas';
import { newRequestId, REQUEST_ID } from '../kernel/ids.ts';
import { problemText } from './lines/lines.ts';

/** Whether a request asks for a WebSocket (RFC 6455, 4.2.1). */
export const asksForSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/** A request for a WebSocket; `id` is to stand in the head of its answer. */
export interface SocketVisit {
  readonly id: string;
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface SocketsOptions {
  /** Who asks, or why this request is not served. */
  admit(req: IncomingMessage): string | CounterpartError;
  /** Takes the connection over. Rejects where it does not, such as with why this request is not served, and the connection is as it was. */
  take(visit: SocketVisit, asker: string | CounterpartError): Promise<void>;
}

/** Hands over the connections of clients that ask for a WebSocket, as far as the server's upgrades let them. */
export function serveSockets(server: Server, options: SocketsOptions): void {
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!asksForSocket(req)) return;
    socket.on('error', () => socket.destroy());
    const id = newRequestId();
    options.take({ id, req, socket, head }, options.admit(req)).catch((cause: unknown) => {
      const text = problemText(toCounterpartError(cause), { [REQUEST_ID]: id });
      socket.end(text, () => socket.destroy());
    });
  });
}
