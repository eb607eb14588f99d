import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { hubError, type CounterpartError } from '@counterpart/schemas';
import { codingOf, contentOf } from '../../kernel/protocol/content-coding.ts';
import { nodeHttp, nodeHttps } from '../../kernel/protocol/node-http.ts';
import type { Redact } from '../../kernel/redact.ts';
import { MAX_FRAME_BYTES } from '../rpc/framing.ts';
import { quoted } from '../rpc/quoted.ts';
import { SseReader } from './sse-reader.ts';

/** Refusals are read only this far: enough for a JSON-RPC error or a sentence. */
const MAX_REFUSAL_BYTES = 64 * 1024;

export interface HttpMessage {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** What comes of one HTTP request. After `failed`, `refused` or `ended` nothing more is heard. */
export interface HttpEvents {
  /** Head of a successful response. */
  accepted?(response: IncomingMessage): void;
  /** One JSON-RPC message: the whole body, or one event of the stream. */
  message(frame: Buffer, kind: string): void;
  /** A stream says where it is, for a client that loses it. */
  marked?(id: string): void;
  /** A stream says how long a client that loses it shall stay away. */
  retry?(ms: number): void;
  /** The response is complete. */
  ended(): void;
  /** Any status that is not 2xx. */
  refused(status: number, response: IncomingMessage, body: Buffer): void;
  /** `stale`: on a connection that had been idle and broke before an answer began, so that the server hardly read the request. */
  failed(error: CounterpartError, stale?: boolean): void;
}

export interface HttpPeer {
  readonly server: string;
  readonly url: URL;
  readonly agent: Agent;
  /** Applied to what the server says before it is quoted. */
  readonly redact: Redact;
}

/** Keeps connections open between requests; one for each upstream, so that closing it disturbs nobody else. */
export const createAgent = (url: URL): Agent => new (protocolOf(url).Agent)({ keepAlive: true });

const protocolOf = (url: URL): Pick<typeof nodeHttp, 'Agent' | 'request'> =>
  url.protocol === 'https:' ? nodeHttps() : nodeHttp;

/** The address for messages: without credentials and query, which may hold secrets. */
export const publicUrl = (url: URL): string => `${url.origin}${url.pathname}`;

/** Sends one HTTP request. Destroying what it returns is the way to give it up; redirects are not followed here. */
export function exchangeHttp(peer: HttpPeer, message: HttpMessage, events: HttpEvents): ClientRequest {
  const body = message.body === undefined ? undefined : Buffer.from(message.body, 'utf8');
  const headers = body ? { ...message.headers, 'Content-Length': body.length } : message.headers;
  const request = protocolOf(peer.url).request(peer.url, {
    method: message.method,
    headers,
    agent: peer.agent,
  });
  const once = onlyOnce(events);
  request.on('error', (error) => {
    // The server closed a connection that was idle here; the others it had are as dead, and must not cost a call each.
    if (request.reusedSocket) closeIdle(peer.agent);
    once.failed(connectionError(peer, error), request.reusedSocket && !answered);
  });
  let answered = false;
  request.on('response', (response) => {
    answered = true;
    receive(peer, response, once);
  });
  request.end(body);
  return request;
}

function closeIdle(agent: Agent): void {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

function receive(peer: HttpPeer, response: IncomingMessage, events: HttpEvents): void {
  const status = response.statusCode ?? 0;
  response.on('error', (error) => events.failed(connectionError(peer, error)));
  response.on('aborted', () => events.failed(lost(peer, 'the connection broke in the middle of an answer')));
  // Asked for as they are, answers come packed all the same where a proxy or a framework packs everything.
  const content = contentOf(response);
  if (!content) {
    events.failed(unreadable(peer, response));
    return void response.destroy();
  }
  if (content !== response) content.on('error', () => events.failed(unreadable(peer, response)));
  if (status < 200 || status > 299) {
    collect(content, MAX_REFUSAL_BYTES, (body) => events.refused(status, response, body));
    return;
  }
  events.accepted?.(response);
  if (/^text\/event-stream\b/i.test(response.headers['content-type'] ?? ''))
    return receiveStream(peer, content, events);
  collect(content, MAX_FRAME_BYTES, (body, complete) => {
    if (!complete) return events.failed(tooLong(peer));
    if (isPage(response, body)) return events.failed(noEndpoint(peer));
    if (body.length > 0) events.message(withoutMark(body), 'message');
    events.ended();
  });
}

function receiveStream(peer: HttpPeer, content: Readable, events: HttpEvents): void {
  const reader = new SseReader({
    event: (data, kind) => events.message(data, kind),
    marked: (id) => events.marked?.(id),
    retry: (ms) => events.retry?.(ms),
    oversize: () => {
      events.failed(tooLong(peer));
      content.destroy();
    },
  });
  content.on('data', (chunk: Buffer) => reader.push(chunk));
  content.on('end', () => events.ended());
}

/** Reads a body up to a limit; `complete` is false when there was more. */
function collect(content: Readable, maxBytes: number, done: (body: Buffer, complete: boolean) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  let complete = true;
  content.on('data', (chunk: Buffer) => {
    if (!complete) return;
    size += chunk.length;
    complete = size <= maxBytes;
    if (complete) return void parts.push(chunk);
    done(Buffer.concat(parts), false);
    content.destroy();
  });
  content.on('end', () => {
    if (complete) done(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), true);
  });
}

/** Lets exactly one end of a request through, and nothing after it. */
function onlyOnce(events: HttpEvents): HttpEvents {
  let over = false;
  const end = (act: () => void): void => {
    if (over) return;
    over = true;
    act();
  };
  return {
    accepted: (response) => events.accepted?.(response),
    marked: (id) => events.marked?.(id),
    retry: (ms) => events.retry?.(ms),
    message: (frame, kind) => {
      if (!over) events.message(frame, kind);
    },
    ended: () => end(() => events.ended()),
    refused: (status, response, body) => end(() => events.refused(status, response, body)),
    failed: (error, stale) => end(() => events.failed(error, stale)),
  };
}

/** Codes of a connection that broke after it stood: the request may have been carried out. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function connectionError(peer: HttpPeer, error: NodeJS.ErrnoException): CounterpartError {
  if (BROKEN.has(error.code ?? '')) return lost(peer, `the connection broke (${error.code})`, error);
  const detail = error.message === '' ? (error.code ?? 'no reason given') : error.message;
  return hubError(
    'UPSTREAM_UNREACHABLE',
    { server: peer.server, url: publicUrl(peer.url), detail },
    { cause: error },
  );
}

const lost = (peer: HttpPeer, detail: string, cause?: Error): CounterpartError =>
  hubError('UPSTREAM_LOST', { server: peer.server, detail }, cause ? { cause } : {});

/** Some frameworks begin every text with a byte order mark, which a reader may pass over (RFC 8259, 8.1). */
const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;

/** A web page where JSON belongs: the address is one for people. */
const isPage = ({ headers }: IncomingMessage, body: Buffer): boolean =>
  /^(?:text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '') &&
  !/^\s*[{[]/.test(body.toString('utf8', 0, 64));

const noEndpoint = ({ server, url }: HttpPeer): CounterpartError =>
  hubError('UPSTREAM_NOT_MCP', { server, url: publicUrl(url) });

const tooLong = ({ server }: HttpPeer): CounterpartError =>
  hubError('UPSTREAM_PROTOCOL', { server, detail: `an answer longer than ${MAX_FRAME_BYTES} bytes` });

function unreadable({ server, redact }: HttpPeer, response: IncomingMessage): CounterpartError {
  const coding = quoted(codingOf(response) ?? '', redact);
  const detail = `an answer that cannot be read in the content encoding ${coding}, which its header names`;
  return hubError('UPSTREAM_PROTOCOL', { server, detail });
}

/** A refusal in words; `status` is kept for those who decide by it. */
export function refusal(peer: HttpPeer, status: number, body: Buffer): CounterpartError {
  const text = body.toString('utf8').trim();
  const said = text === '' ? '' : `: ${quoted(text, peer.redact)}`;
  const hint =
    status === 401 || status === 403
      ? ' (its credentials are missing or not accepted; set them under `headers`)'
      : '';
  const detail = `it answered HTTP ${status}${hint}${said}`;
  return hubError('UPSTREAM_UNREACHABLE', { server: peer.server, url: publicUrl(peer.url), detail, status });
}
