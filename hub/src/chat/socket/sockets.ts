import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CounterpartError, hubError } from '@counterpart/schemas';
import type { ServerSocket, WebSocketServer } from 'ws';
import { lazily } from '../../kernel/lazily.ts';
import { REQUEST_ID } from '../../kernel/ids.ts';
import type { ChatOptions, ChatParts } from '../parts.ts';
import { MOST_BYTES } from '../request/read-body.ts';
import { ResponseConnection } from './connection.ts';

const MOST_CONNECTIONS = 100;
/** Between two looks at whether a client is still there; one that answered none of it since is cut off. */
const ALIVE_MS = 30_000;
/** For a client to answer that its connection ends. */
const GOODBYE_MS = 500;
/** RFC 6455, 7.4.1: this side goes away. */
const GOING_AWAY = 1001;

/** The library is loaded by the first client: most hubs have none. */
const library = lazily(() => import('ws'));

interface Upgrading {
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Clients of `/v1/responses` on WebSockets (RFC 6455). Whoever comes here was let in before. */
export class ResponseSockets {
  readonly #options: Pick<ChatOptions, 'clock' | 'log'>;
  readonly #clients = new Map<ServerSocket, ResponseConnection>();
  /** Of the requests that are answered with a connection. */
  readonly #ids = new WeakMap<IncomingMessage, string>();
  #server: WebSocketServer | undefined;
  #isRefusing = false;

  constructor(options: Pick<ChatOptions, 'clock' | 'log'>) {
    this.#options = options;
  }

  /** Takes a connection over. Rejects with SOCKETS_BUSY or HUB_STOPPING, and the connection is as it was. */
  async take({ req, socket, head }: Upgrading, parts: ChatParts): Promise<void> {
    const { WebSocketServer } = await library.open();
    this.#server ??= new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
    }).on('headers', (lines, asked) => lines.push(`${REQUEST_ID}: ${this.#ids.get(asked) ?? ''}`));
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    this.#ids.set(req, parts.requestId);
    this.#server.handleUpgrade(req, socket, head, (client) => this.#welcome(client, socket, parts));
  }

  /** Cuts off the clients of a person. */
  expel(person: string): void {
    for (const [client, { principal }] of this.#clients) if (principal === person) client.terminate();
  }

  /** Takes no more clients and no more requests; what is under way goes on. */
  refuse(): void {
    this.#isRefusing = true;
    for (const connection of this.#clients.values()) connection.refuse();
  }

  /** Ends all connections, once the last words of answers that have ended are said. */
  async close(): Promise<void> {
    this.refuse();
    await Promise.all([...this.#clients].map(([client, connection]) => this.#dismiss(client, connection)));
  }

  #refusal(): CounterpartError | undefined {
    if (this.#isRefusing) return hubError('HUB_STOPPING', {});
    if (this.#clients.size < MOST_CONNECTIONS) return undefined;
    return hubError('SOCKETS_BUSY', { limit: MOST_CONNECTIONS, what: 'connections to /v1/responses' });
  }

  #welcome(client: ServerSocket, socket: Duplex, parts: ChatParts): void {
    const connection = new ResponseConnection(parts, client, socket);
    this.#clients.set(client, connection);
    const stop = this.#watch(client);
    client.once('close', () => {
      this.#clients.delete(client);
      stop();
    });
    // Such as a message that is too long: the library ends the connection and says why.
    client.on('error', (cause) => this.#options.log.debug({ cause }, 'a WebSocket broke off'));
    connection.listen();
  }

  /** A client whose machine is gone says nothing, not even goodbye. */
  #watch(client: ServerSocket): () => void {
    let isAlive = true;
    let stop: () => void = () => undefined;
    client.on('pong', () => (isAlive = true));
    const look = (): void => {
      if (!isAlive) return client.terminate();
      isAlive = false;
      client.ping();
      stop = this.#options.clock.after(ALIVE_MS, look);
    };
    stop = this.#options.clock.after(ALIVE_MS, look);
    return () => stop();
  }

  async #dismiss(client: ServerSocket, connection: ResponseConnection): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unwait = this.#options.clock.after(GOODBYE_MS, () => client.terminate());
    client.once('close', () => {
      unwait();
      resolve();
    });
    await connection.told();
    client.close(GOING_AWAY, 'the hub stops');
    await promise;
  }
}
