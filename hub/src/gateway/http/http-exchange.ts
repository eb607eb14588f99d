import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock } from '../../kernel/clock.ts';
import type { Wire } from '../wire/frame.ts';
import { headerText } from '../modern/headers.ts';
import type { ReplyChannel } from '../wire/reply-channel.ts';
import type { UnreadAnswers } from './unread.ts';

/** Up to this many bytes a body is joined into one string, so that headers and body leave in one write. */
const JOIN_BYTES = 16 * 1024;

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly keepAliveMs: number;
  readonly maxBufferedBytes: number;
  readonly unread: UnreadAnswers;
}

/** What the client can read, from its `Accept` header; absent and wildcards mean both. */
export interface Acceptance {
  readonly json: boolean;
  readonly events: boolean;
}

const BOTH: Acceptance = { json: true, events: true };

export function acceptanceOf(req: IncomingMessage): Acceptance {
  const accept = headerText(req.headers, 'accept');
  if (accept === undefined || accept.includes('*/*')) return BOTH;
  const json = accept.includes('application/json') || accept.includes('application/*');
  const events = accept.includes('text/event-stream') || accept.includes('text/*');
  return { json, events };
}

/** An HTTP response of an MCP endpoint: plain JSON, or an event stream as soon as something precedes the answer. */
export class HttpExchange implements ReplyChannel {
  readonly #res: ServerResponse;
  /** What the client can read. */
  readonly accept: Acceptance;
  readonly #options: ExchangeOptions;
  #extra: OutgoingHttpHeaders | undefined;
  #state: 'idle' | 'streaming' | 'ended' = 'idle';
  #stopKeepAlive: (() => void) | undefined;
  /**
   * Called once, with the reason, if the client leaves before the answer. On the hot path nothing is wrapped around what ends
   * a call: with one more function here every request outlived its answer until V8 collected the old generation (measured:
   * 60 MB more under load, and scavenges ten times as long).
   */
  gone: ((reason: string) => void) | undefined;

  constructor(res: ServerResponse, accept: Acceptance, options: ExchangeOptions) {
    this.#res = res;
    this.accept = accept;
    this.#options = options;
    res.on('close', () => {
      if (this.#state === 'ended') return;
      this.#end();
      this.gone?.('the client closed the response');
    });
  }

  get streams(): boolean {
    return this.accept.events && this.#state !== 'ended';
  }

  /** Whether the answer was given or the client is gone. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Sent with the headers of the answer. */
  setHeader(name: string, value: string): void {
    this.#extra = { ...this.#extra, [name]: value };
  }

  /** Starts the event stream at once; `eventId`: from where its client goes on, given in an event without data. */
  open(eventId?: string): void {
    if (this.#state !== 'idle') return;
    this.#state = 'streaming';
    const stream = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    };
    this.#res.writeHead(200, { ...this.#extra, ...stream });
    this.#res.flushHeaders();
    if (eventId !== undefined) this.#res.write(`id: ${eventId}\ndata:\n\n`);
    this.#keepAlive();
  }

  send(frame: string, eventId?: string): boolean {
    if (!this.streams || this.#res.writableLength > this.#options.maxBufferedBytes) return false;
    this.open();
    const id = eventId === undefined ? '' : `id: ${eventId}\n`;
    this.#res.write(`${id}event: message\ndata: ${frame}\n\n`);
    return true;
  }

  finish(wire: Wire, status = 200): void {
    if (this.#state === 'ended') return;
    if (status === 200 && !this.accept.json) this.open();
    if (this.#state === 'streaming') writeEvent(this.#res, wire);
    else writeJson(this.#res, wire, status, this.#extra);
    this.#options.unread.add(this.#res);
    this.#end();
  }

  drop(): void {
    if (this.#state === 'idle') this.empty(202);
    if (this.#state === 'ended') return;
    this.#end();
    this.#res.end();
  }

  /** Answers with a status and no body. */
  empty(status: number, headers?: OutgoingHttpHeaders): void {
    if (this.#state !== 'idle') return;
    this.#end();
    this.#res.writeHead(status, { ...this.#extra, ...headers }).end();
  }

  #keepAlive(): void {
    this.#stopKeepAlive = this.#options.clock.after(this.#options.keepAliveMs, () => {
      if (this.#res.writableLength === 0) this.#res.write(':\n\n');
      this.#keepAlive();
    });
  }

  #end(): void {
    this.#state = 'ended';
    this.#stopKeepAlive?.();
  }
}

function writeEvent(res: ServerResponse, wire: Wire): void {
  if (wire.kind !== 'bytes') {
    res.end(`event: message\ndata: ${wire.text}\n\n`, wire.kind);
    return;
  }
  res.cork();
  res.write('event: message\ndata: ');
  for (const part of wire.parts) res.write(part);
  res.write('\n\n');
  // Before the end: ending a corked chunked response puts its last chunk in front of the others (Node 24).
  res.uncork();
  res.end();
}

function writeJson(
  res: ServerResponse,
  wire: Wire,
  status: number,
  extra: OutgoingHttpHeaders | undefined,
): void {
  const length = byteLength(wire);
  const own = { 'content-type': 'application/json', 'content-length': length };
  res.writeHead(status, extra ? { ...extra, ...own } : own);
  if (wire.kind !== 'bytes') {
    res.end(wire.text, wire.kind);
    return;
  }
  if (length <= JOIN_BYTES) {
    res.end(wire.parts.map((part) => part.toString('latin1')).join(''), 'latin1');
    return;
  }
  res.cork();
  for (const part of wire.parts) res.write(part);
  res.end();
}

function byteLength(wire: Wire): number {
  if (wire.kind === 'utf8') return Buffer.byteLength(wire.text);
  if (wire.kind === 'latin1') return wire.text.length;
  return wire.parts.reduce((sum, part) => sum + part.length, 0);
}
