import { nodeHttp } from '../../../../kernel/protocol/node-http.ts';
import type { Reply, Sending } from '../sending.ts';
import { type AnswerHead, hasWholeHead, readAnswerHead } from './answer-head.ts';
import { type Connection, type ConnectionUser, KeptConnections } from './connections.ts';
import { PlainBody } from './plain-body.ts';
import { Replay } from './replay.ts';

const kept = new KeptConnections();
/** Places whose answers are not plain: what is asked there goes by node:http at once. */
const others = new Set<string>();
const MOST_OTHERS = 1_000;
const HTTP_PORT = 80;
const PLAIN_VALUE = /^[\t\x20-\x7e]*$/;
const PLAIN_NAME = /^[a-z0-9-]+$/;

/** Whether a question can be sent, and its answer is likely to be read, without node:http. */
export const isPlain = ({ method, url, headers, isStreamed }: Sending): boolean =>
  isStreamed &&
  method === 'POST' &&
  url.protocol === 'http:' &&
  url.username === '' &&
  url.password === '' &&
  !others.has(url.host) &&
  !goesByProxy() &&
  Object.entries(headers).every(([name, value]) => PLAIN_NAME.test(name) && PLAIN_VALUE.test(value));

/** Node's own setting, by which its agent was made. */
function goesByProxy(): boolean {
  // Its types do not know its options yet.
  const { options } = nodeHttp.globalAgent as { readonly options?: { readonly proxyEnv?: unknown } };
  return options?.proxyEnv !== undefined;
}

/**
 * Asks on a connection of its own. An answer of success in chunks is read off it; with any other one, the connection is given back
 * for node:http to read it from its first byte on. Rejects where there is no answer, or with an error once nobody waits.
 */
export async function askPlain(sending: Sending): Promise<Reply | Replay> {
  const first = await askedOn(takeFor, sending);
  // A connection that was kept turns out to be closed: nothing of the question was read there.
  if (first !== undefined) return first;
  const second = await askedOn(newFor, sending);
  if (second === undefined) throw hangUp();
  return second;
}

const placeOf = ({ url: { hostname, port } }: Sending) =>
  [hostname.replace(/^\[|\]$/g, ''), port === '' ? HTTP_PORT : Number(port)] as const;
const takeFor = (sending: Sending): Connection => kept.take(...placeOf(sending));
const newFor = (sending: Sending): Connection => kept.open(...placeOf(sending));

const hangUp = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

function textOf({ url, headers, text = '' }: Sending): string {
  const lines = Object.entries({ host: url.host, ...headers, connection: 'keep-alive' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `POST ${url.pathname}${url.search} HTTP/1.1\r\n${head}\r\n${text}`;
}

/** undefined: the connection had been used before, and is closed. */
function askedOn(
  connectionFor: (sending: Sending) => Connection,
  sending: Sending,
): Promise<Reply | Replay | undefined> {
  const { signal } = sending;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const connection = connectionFor(sending);
    const leave = (): void => {
      settle();
      connection.socket.destroy();
      reject(new Error('nobody waits for the answer'));
    };
    const settle = (): void => {
      signal.removeEventListener('abort', leave);
      connection.use(undefined);
    };
    signal.addEventListener('abort', leave, { once: true });
    connection.use(
      new HeadReader({
        head(piece, length) {
          settle();
          resolve(answerOn(connection, sending, { piece, length }));
        },
        lost(cause) {
          settle();
          if (connection.isUsed) resolve(undefined);
          else reject(cause ?? hangUp());
        },
      }),
    );
    connection.socket.write(textOf(sending));
  });
}

interface Came {
  readonly piece: Buffer;
  readonly length: number;
}

function answerOn(connection: Connection, sending: Sending, { piece, length }: Came): Reply | Replay {
  const head = readAnswerHead(piece, length);
  if (head === undefined) {
    if (others.size < MOST_OTHERS && isSuccess(piece)) others.add(sending.url.host);
    const replay = new Replay(connection);
    replay.bytes(piece, length);
    connection.use(replay);
    return replay;
  }
  const body = bodyOn(connection, sending, head);
  if (length > head.bodyAt) body.bytes(piece.subarray(head.bodyAt), length - head.bodyAt);
  return { status: 200, headers: head.headers, body };
}

function bodyOn(connection: Connection, sending: Sending, { idleMs }: AnswerHead): PlainBody {
  const body = new PlainBody({
    release: () => kept.keep(connection, ...placeOf(sending), idleMs),
    destroy: () => void connection.socket.destroy(),
  });
  connection.use(body);
  return body;
}

const SUCCESS = 'HTTP/1.1 200';
const isSuccess = (piece: Buffer): boolean => piece.toString('latin1', 0, SUCCESS.length) === SUCCESS;

interface HeadUser {
  head(piece: Buffer, length: number): void;
  lost(cause: Error | undefined): void;
}

/** Waits for the head of an answer, which may come in pieces. */
class HeadReader implements ConnectionUser {
  readonly #user: HeadUser;
  #came: Buffer | undefined;

  constructor(user: HeadUser) {
    this.#user = user;
  }

  bytes(piece: Buffer, length: number): void {
    if (this.#came === undefined && (hasWholeHead(piece, length) || !isSuccess(piece)))
      return this.#user.head(piece, length);
    const came = Buffer.concat([this.#came ?? Buffer.alloc(0), piece.subarray(0, length)]);
    this.#came = came;
    if (hasWholeHead(came, came.length)) this.#user.head(came, came.length);
  }

  lost(cause: Error | undefined): void {
    // A parser knows what to say of half a head.
    if (this.#came === undefined) this.#user.lost(cause);
    else this.#user.head(this.#came, this.#came.length);
  }
}
