import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CounterpartError, toCounterpartError } from '@counterpart/schemas';
import { problemText } from './lines/lines.ts';

/** Whether a request asks for a WebSocket (RFC 6455, 4.2.1). */
export const asksForSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

export interface SocketsOptions {
  /** Who asks, or why this request is not served. */
  admit(req: IncomingMessage): string | CounterpartError;
  /** Takes the connection over. Rejects where it does not, and the connection is as it was. */
  take(req: IncomingMessage, socket: Duplex, head: Buffer, asker: string): Promise<void>;
}

/** Hands over the connections of clients that ask for a WebSocket, as far as the server's upgrades let them. */
export function serveSockets(server: Server, options: SocketsOptions): void {
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!asksForSocket(req)) return;
    socket.on('error', () => socket.destroy());
    const turnAway = (error: CounterpartError): void =>
      void socket.end(problemText(error), () => socket.destroy());
    const asker = options.admit(req);
    if (typeof asker !== 'string') return turnAway(asker);
    options.take(req, socket, head, asker).catch((cause: unknown) => turnAway(toCounterpartError(cause)));
  });
}
