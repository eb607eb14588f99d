import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { withoutUser } from './address.ts';
import { brokerFailure, brokerSocket } from './broker.ts';

/** A request whose answer is read as it comes. */
export interface StreamedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends a request and resolves with its answer, whose body is still to come; through the broker where there is one.
 * Redirects are not followed. Rejects as `fetch` does, and with ToolFailure where the broker does not let it pass.
 */
export async function fetchStream(url: string, request: StreamedRequest): Promise<Response> {
  const { method, headers, body, signal } = request;
  const socketPath = brokerSocket();
  if (socketPath === undefined)
    return await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
  const { request: start } = await import('node:http');
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = start({ socketPath, method, path: withoutUser(url), headers, signal }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  const refused = await brokerFailure(answer);
  if (refused !== undefined) throw refused;
  const { Readable } = await import('node:stream');
  const told = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const status = answer.statusCode ?? 0;
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : Readable.toWeb(answer), { status, headers: told });
}

export interface SocketOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[] | undefined;
}

/** A WebSocket on its way. */
export interface OpenedSocket {
  readonly socket: WebSocket;
  /** Why the broker does not let it pass, once it was said. */
  readonly refused: () => Error | undefined;
}

/** Opens a WebSocket to an `http(s)` or `ws(s)` address, through the broker where there is one. Throws as WebSocket does. */
export async function openWebSocket(url: string, options: SocketOptions): Promise<OpenedSocket> {
  const protocols = options.protocols === undefined ? {} : { protocols: [...options.protocols] };
  const init = { ...protocols, headers: { ...options.headers } };
  const door = brokerSocket();
  if (door === undefined)
    return { socket: new WebSocket(url.replace(/^http/i, 'ws'), init), refused: () => undefined };
  const way = await openWay(door, url.replace(/^ws/i, 'http'));
  const socket = new WebSocket(`ws://127.0.0.1:${way.port}/`, init);
  socket.addEventListener('close', way.close, { once: true });
  socket.addEventListener('error', way.close, { once: true });
  return { socket, refused: way.refused };
}

interface Way {
  readonly port: number;
  readonly refused: () => Error | undefined;
  readonly close: () => void;
}

/**
 * A place on the loopback inside the walls from where one handshake goes to the broker: the WebSocket of Node cannot be
 * told of a Unix socket.
 */
async function openWay(door: string, target: string): Promise<Way> {
  const { createServer } = await import('node:http');
  const state: { refused?: Error | undefined } = {};
  const server: Server = createServer();
  server.once('upgrade', (request: IncomingMessage, client: Duplex) => {
    client.on('error', () => undefined);
    void passHandshake({ door, target, request, client }).then((refused) => (state.refused = refused));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    refused: () => state.refused,
    close: () => void server.close(),
  };
}

const head = (status: string, rawHeaders: readonly string[]): string => {
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1] ?? ''}`] : [],
  );
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n`;
};

/** Carries a handshake to the broker and its answer back; resolves with the broker's refusal, if it is one. */
async function passHandshake(handshake: {
  readonly door: string;
  readonly target: string;
  readonly request: IncomingMessage;
  readonly client: Duplex;
}): Promise<Error | undefined> {
  const { door, target, request, client } = handshake;
  const { request: start } = await import('node:http');
  const { host: _, ...headers } = request.headers;
  return await new Promise((resolve) => {
    const outgoing = start({ socketPath: door, path: withoutUser(target), headers });
    outgoing.once('upgrade', (answer, service, first) => {
      service.on('error', () => client.destroy());
      client.once('close', () => service.destroy());
      client.write(head('101 Switching Protocols', answer.rawHeaders));
      if (first.length > 0) client.write(first);
      service.pipe(client).pipe(service);
      resolve(undefined);
    });
    outgoing.once('response', (answer) => {
      const status = `${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`;
      void brokerFailure(answer).then((refused) => {
        resolve(refused);
        client.end(head(status, ['connection', 'close', 'content-length', '0']));
      });
    });
    outgoing.once('error', (error) => {
      resolve(error);
      client.destroy();
    });
    outgoing.end();
  });
}
