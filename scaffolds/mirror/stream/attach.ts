import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Mirror } from '../mirror.ts';
import { foreignHeader, isLoopbackAddress } from '../modes/loopback.ts';

/** Why sockets are not opened now; undefined: they are. */
export type SocketsClosed = () => string | undefined;

/**
 * Takes WebSocket connections on a server of the mirror's own: subscriptions of a GraphQL service, and operations that
 * open a socket. `mirror` is asked with every connection. Returns what drops all of them.
 */
export async function attachSockets(
  server: Server,
  mirror: () => Mirror,
  closed: SocketsClosed = () => undefined,
): Promise<() => void> {
  const { graphql, operations } = mirror();
  const hasSockets = operations.some(({ stream }) => stream?.kind === 'websocket');
  if (graphql === undefined && !hasSockets) return () => undefined;
  server.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const why = strangerIn(request) ?? closed();
    if (why === undefined) return;
    refuseUpgrade(socket, 403, why);
  });
  if (graphql !== undefined) {
    const { serveSockets } = await import('../graphql/sockets.ts');
    return serveSockets(server, graphql.path, await graphql.engine());
  }
  const { serveStreams } = await import('./sockets.ts');
  return serveStreams(server, mirror);
}

/** A page of elsewhere may open sockets to this machine; browsers leave it to the server to refuse that. */
function strangerIn(request: IncomingMessage): string | undefined {
  if (!isLoopbackAddress(request.socket.localAddress ?? '')) return undefined;
  const foreign = foreignHeader(request.headers);
  return foreign && `The header ${foreign.header} names another place than this machine.`;
}

/** Answers the request for an upgrade as HTTP and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number, text: string, type = 'text/plain'): void {
  const body = Buffer.from(text);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${text}`,
  );
}
