import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Json, type Operation, toCounterpartError } from '@counterpart/schemas';
import { type ServerSocket, WebSocketServer } from 'ws';
import { asText } from '../answer/render.ts';
import type { Mirror } from '../mirror.ts';
import { parseJson } from '../schema/json-value.ts';
import { refuseUpgrade } from './attach.ts';

/** Bytes of one message. */
const MOST_BYTES = 1024 * 1024;

/** Opens sockets where the description has them: a request that its operation would refuse opens none. */
export function serveStreams(server: Server, mirror: () => Mirror): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const current = mirror();
    const admitted = await current.admit(handshakeOf(request));
    if (admitted instanceof Response) {
      const type = admitted.headers.get('content-type') ?? 'text/plain';
      return refuseUpgrade(socket, admitted.status, await admitted.text(), type);
    }
    sockets.handleUpgrade(request, socket, head, (client) => converse(current, admitted, client));
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (socket.writableEnded) return; // refused already
    upgrade(request, socket, head).catch((error: unknown) =>
      refuseUpgrade(socket, 500, toCounterpartError(error).message),
    );
  });
  return () => {
    for (const client of sockets.clients) client.terminate();
  };
}

function handshakeOf({ url = '/', headers }: IncomingMessage): Request {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  return new Request(new URL(url, 'http://127.0.0.1'), { headers: pairs });
}

function converse({ streams }: Mirror, operation: Operation, client: ServerSocket): void {
  const send = (message: Json): void => client.send(asText(message));
  let heard = 0;
  const leave = streams.channels.open(operation.name, send);
  client.on('message', (data) => {
    const parsed = parseJson(data.toString('utf8'));
    const message = parsed.kind === 'value' ? parsed.value : data.toString('utf8');
    send(streams.reply(operation, message, heard++));
  });
  client.on('close', leave);
  client.on('error', () => client.terminate());
  for (const message of streams.greetings(operation)) send(message);
}
