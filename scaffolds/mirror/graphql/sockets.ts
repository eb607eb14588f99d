import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { openConnection, PROTOCOL } from './connection.ts';
import type { GraphqlEngine } from './engine.ts';

/** Bytes of one message. */
const MOST_BYTES = 1024 * 1024;

/** Takes WebSocket connections at the service's path on a server of its own. Returns what drops all of them. */
export function serveSockets(server: Server, path: string, engine: GraphqlEngine): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isOurs = (request.url ?? '').split('?')[0] === path;
    const speaks = (request.headers['sec-websocket-protocol'] ?? '').includes(PROTOCOL);
    if (!isOurs || !speaks) {
      socket.end(`HTTP/1.1 ${isOurs ? '400 Bad Request' : '404 Not Found'}\r\nconnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const connection = openConnection(engine, client);
      client.on('message', (data) => connection.receive(data.toString('utf8')));
      client.on('close', () => connection.closed());
      client.on('error', () => client.terminate());
    });
  });
  return () => {
    for (const client of sockets.clients) client.terminate();
  };
}
