import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { contentOf } from '../../../kernel/protocol/content-coding.ts';
import { nodeHttp, nodeHttps } from '../../../kernel/protocol/node-http.ts';
import { StreamBody } from './body.ts';
import { askPlain, isPlain } from './plain/ask-plain.ts';
import { Replay } from './plain/replay.ts';
import type { Reply, Sending } from './sending.ts';

/** Where a request goes and with what. */
export interface Line {
  readonly baseUrl: string;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const MOST_REDIRECTS = 5;

/**
 * Sends and resolves with the head of the answer, after redirects (RFC 9110, 15.4). Connections are kept open between questions,
 * and go by the proxy that Node is told of. Rejects as node:http does.
 */
export async function send(sending: Sending): Promise<Reply> {
  let next = sending;
  for (let hops = 0; ; hops += 1) {
    const message = await sent(next);
    if ('body' in message) return message;
    const { statusCode: status = 0, headers } = message;
    const following: Sending | undefined =
      hops < MOST_REDIRECTS ? redirected(next, status, headers.location) : undefined;
    // Answers are asked for as they are; some gateways pack them all the same.
    if (following === undefined)
      return { status, headers, body: new StreamBody(contentOf(message) ?? message) };
    message.resume();
    next = following;
  }
}

/** Once more where a connection that was kept turns out to be closed: nothing of the question was read there. */
async function sent(sending: Sending): Promise<IncomingMessage | Reply> {
  const plain = isPlain(sending) ? await askPlain(sending) : undefined;
  if (plain !== undefined && !(plain instanceof Replay)) return plain;
  const first = await tried(sending, plain);
  if (!(first instanceof StaleConnection)) return first;
  const second = await tried(sending, undefined);
  if (second instanceof StaleConnection) throw second.cause;
  return second;
}

class StaleConnection {
  readonly cause: Error;

  constructor(cause: Error) {
    this.cause = cause;
  }
}

/** `over`: a connection that is there already, for this question alone. */
function tried(
  { method, url, headers, text, signal }: Sending,
  over: Duplex | undefined,
): Promise<IncomingMessage | StaleConnection> {
  const { request } = url.protocol === 'https:' ? nodeHttps() : nodeHttp;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const connected = over === undefined ? {} : { createConnection: () => over };
    const asking = request(url, { method, headers, ...connected }, resolve);
    // By hand: given the signal, node:http sets up a watch over the ends of each stream, for every question.
    const leave = (): void => void asking.destroy(new Error('nobody waits for the answer'));
    signal.addEventListener('abort', leave, { once: true });
    asking.once('close', () => signal.removeEventListener('abort', leave));
    asking.once('error', (cause: NodeJS.ErrnoException) => {
      if (asking.reusedSocket && cause.code === 'ECONNRESET') resolve(new StaleConnection(cause));
      else reject(cause);
    });
    if (over === undefined) asking.setNoDelay(true);
    asking.end(text);
  });
}

/** Where the answer sends the question on to; what proves who asks goes to its own place only. */
function redirected(sending: Sending, status: number, location: string | undefined): Sending | undefined {
  const keepsMethod = status === 307 || status === 308;
  const isMoved = keepsMethod || (sending.method === 'GET' && [301, 302, 303].includes(status));
  if (!isMoved || location === undefined || !URL.canParse(location, sending.url.href)) return undefined;
  const url = new URL(location, sending.url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  if (url.origin === sending.url.origin || isSecured(sending.url, url)) return { ...sending, url };
  const { accept = '', 'content-type': contentType } = sending.headers;
  return {
    ...sending,
    url,
    headers: contentType === undefined ? { accept } : { accept, 'content-type': contentType },
  };
}

/** The same host, by TLS from now on. */
const isSecured = (from: URL, to: URL): boolean =>
  from.hostname === to.hostname &&
  from.protocol === 'http:' &&
  to.protocol === 'https:' &&
  from.port === '' &&
  to.port === '';
