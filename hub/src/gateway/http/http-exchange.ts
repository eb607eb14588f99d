import type { OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../../kernel/clock.ts';
import type { VisitRequest, VisitResponse } from '../../kernel/ports.ts';
import { bytesOnOneLine, utf8Wire, type Wire } from '../wire/frame.ts';
import { headerText } from '../modern/headers.ts';
import type { OpenAnswer, ReplyChannel } from '../wire/reply-channel.ts';
import type { UnreadAnswers } from './unread.ts';

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

const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

const BOTH: Acceptance = { json: true, events: true };

export function acceptanceOf(req: VisitRequest): Acceptance {
  const accept = headerText(req.headers, 'accept');
  if (accept === undefined || accept.includes('*/*')) return BOTH;
  const read = readableIn(accept);
  // Names of types have no case (RFC 9110, 8.3.1), and hardly anybody writes them otherwise.
  return read.json || read.events ? read : readableIn(accept.toLowerCase());
}

const readableIn = (accept: string): Acceptance => ({
  json: accept.includes('application/json') || accept.includes('application/*'),
  events: accept.includes('text/event-stream') || accept.includes('text/*'),
});

/** An HTTP response of an MCP endpoint: plain JSON, or an event stream as soon as something precedes the answer. */
export class HttpExchange implements ReplyChannel {
  readonly #res: VisitResponse;
  /** What the client can read. */
  readonly accept: Acceptance;
  readonly #options: ExchangeOptions;
  #extra: OutgoingHttpHeaders | undefined;
  /** `passing`: the answer was begun, and only the rest of it may follow. */
  #state: 'idle' | 'streaming' | 'passing' | 'ended' = 'idle';
  #stopKeepAlive: (() => void) | undefined;
  /**
   * Called once, with the reason, if the client leaves before the answer. On the hot path nothing is wrapped around what ends
   * a call: with one more function here every request outlived its answer until V8 collected the old generation (measured:
   * 60 MB more under load, and scavenges ten times as long).
   */
  gone: ((reason: string) => void) | undefined;

  constructor(res: VisitResponse, accept: Acceptance, options: ExchangeOptions) {
    this.#res = res;
    this.accept = accept;
    this.#options = options;
    res.whenClosed(() => {
      if (this.#state === 'ended') return;
      this.#end();
      this.gone?.('the client closed the response');
    });
  }

  get streams(): boolean {
    return this.accept.events && (this.#state === 'idle' || this.#state === 'streaming');
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
    this.#res.stream({ ...this.#extra, ...EVENT_STREAM });
    if (eventId !== undefined) this.#res.write(utf8Wire(`id: ${eventId}\ndata:\n\n`));
    this.#keepAlive();
  }

  send(frame: string, eventId?: string): boolean {
    if (!this.streams || this.#res.unread > this.#options.maxBufferedBytes) return false;
    this.open();
    const id = eventId === undefined ? '' : `id: ${eventId}\n`;
    this.#res.write(utf8Wire(`${id}event: message\ndata: ${frame}\n\n`));
    return true;
  }

  begin(head: Wire): OpenAnswer | undefined {
    if (this.#state === 'ended') return undefined;
    if (!this.accept.json) this.open();
    const isEvent = this.#state === 'streaming';
    if (isEvent) this.#res.write({ kind: 'bytes', parts: [EVENT_START] });
    else this.#res.stream({ ...this.#extra, 'content-type': 'application/json' });
    this.#stopKeepAlive?.();
    this.#state = 'passing';
    this.#res.write(head);
    return {
      write: (part) => {
        if (this.#state === 'passing') this.#res.write({ kind: 'bytes', parts: [part] });
      },
      end: (taken) => {
        if (this.#state !== 'passing') return;
        this.#res.end(isEvent ? { kind: 'bytes', parts: [EVENT_END] } : undefined, taken);
        this.#options.unread.add(this.#res);
        this.#end();
      },
    };
  }

  finish(wire: Wire, status = 200, taken?: () => void): void {
    if (this.#state === 'passing') this.drop();
    if (this.#state === 'ended') return;
    if (status === 200 && !this.accept.json) this.open();
    if (this.#state === 'streaming') this.#res.end(eventOf(wire), taken);
    else this.#res.json(status, wire, this.#extra, taken);
    this.#options.unread.add(this.#res);
    this.#end();
  }

  drop(): void {
    if (this.#state === 'idle') this.empty(202);
    if (this.#state === 'ended') return;
    const isBroken = this.#state === 'passing';
    this.#end();
    if (isBroken) this.#res.cut();
    else this.#res.end();
  }

  /** Answers with a status and no body. */
  empty(status: number, headers?: OutgoingHttpHeaders): void {
    if (this.#state !== 'idle') return;
    this.#end();
    this.#res.empty(status, { ...this.#extra, ...headers });
  }

  #keepAlive(): void {
    this.#stopKeepAlive = this.#options.clock.after(this.#options.keepAliveMs, () => {
      if (this.#res.unread === 0) this.#res.write(utf8Wire(':\n\n'));
      this.#keepAlive();
    });
  }

  #end(): void {
    this.#state = 'ended';
    this.#stopKeepAlive?.();
  }
}

const EVENT_START = Buffer.from('event: message\ndata: ');
const EVENT_END = Buffer.from('\n\n');

/** A frame as the last event of a stream. */
const eventOf = (wire: Wire): Wire =>
  wire.kind === 'bytes'
    ? { kind: 'bytes', parts: [EVENT_START, ...wire.parts.map(bytesOnOneLine), EVENT_END] }
    : { kind: wire.kind, text: `event: message\ndata: ${wire.text}\n\n` };
