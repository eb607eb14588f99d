import type { Readable, Writable } from 'node:stream';
import { newId } from '../kernel/ids.ts';
import { InFlight } from '../kernel/in-flight.ts';
import { parseFrame } from '../kernel/protocol/exact-numbers.ts';
import { idTextIn } from '../kernel/protocol/rpc/rpc-id.ts';
import { atEndOfTurn, inOneTurn } from '../kernel/async/turn.ts';
import type { ViewSelector } from '../kernel/ports.ts';
import { faultAnswer } from './wire/answer.ts';
import type { Core } from './core.ts';
import { codes, invalidRequest, type Fault } from './wire/fault.ts';
import { bytesOnOneLine, utf8Wire, type Wire } from './wire/frame.ts';
import { initializeResult, serveLegacy, takeNotification } from './legacy/legacy.ts';
import { serveBatch } from './legacy/batch.ts';
import { LineReader } from './wire/line-reader.ts';
import type { Listens } from './modern/listen.ts';
import { readMessage, resultFrame, type ClientMessage, type ClientRequest } from './wire/message.ts';
import { metaKeys, metaOf, readCaller } from './wire/meta.ts';
import type { Cancel } from './modern/context.ts';
import { serveModern, viewFault } from './modern/modern.ts';
import type { ReplyChannel } from './wire/reply-channel.ts';
import { Session } from './legacy/session.ts';

/** A client's two streams. */
export interface ClientStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** How long calls in flight may go on after the input ended, since their answers can still be read. Default: not at all. */
  readonly finishMs?: number | undefined;
}

/** One client on a pair of streams, newline-delimited JSON-RPC in both eras. */
export class StdioEndpoint {
  readonly #core: Core;
  readonly #id = newId();
  readonly #listens: Listens;
  readonly #selector: ViewSelector;
  readonly #output: Writable;
  /** Modern requests in flight, by the JSON text of their id. */
  readonly #inFlight = new InFlight<Cancel>();
  readonly closed: Promise<void>;
  /** The same for all requests: a frame names its own. */
  readonly #channel: ReplyChannel;
  /** Answers that wait for the end of this turn, one byte to a character. */
  #outbox = '';
  #hold = (): void => undefined;
  #session: Session | undefined;
  #open = true;
  /** Ids of requests that are answered by nothing but news. */
  readonly #listening = new Set<string>();
  /** Set once the input ended while calls may go on. */
  #stopWaiting: (() => void) | undefined;
  #closed: () => void = () => undefined;

  constructor(core: Core, listens: Listens, selector: ViewSelector, streams: ClientStreams) {
    this.#core = core;
    this.#listens = listens;
    this.#selector = selector;
    this.#output = streams.output;
    this.#channel = {
      streams: true,
      send: (frame) => this.#send(frame),
      finish: (wire, _status, taken) => {
        this.#write(wire, taken);
        this.#endWhenIdle();
      },
      drop: () => this.#endWhenIdle(),
    };
    const reader = new LineReader(core.limits.maxBodyBytes, {
      line: (line) => this.#line(line),
      tooLong: () =>
        this.#refuse('null', invalidRequest(`a message is longer than ${core.limits.maxBodyBytes} bytes`)),
    });
    this.closed = new Promise((resolve) => {
      this.#closed = resolve;
      const end = (): void => this.end();
      const take = (chunk: Buffer): void => reader.push(chunk);
      streams.input.on('data', (chunk: Buffer | string) =>
        inOneTurn(take, typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
      );
      // A client that does not read its answers may not ask for more.
      this.#hold = () => {
        if (this.#output.writableLength <= core.limits.maxBufferedBytes || streams.input.isPaused()) return;
        streams.input.pause();
        this.#output.once('drain', () => streams.input.resume());
      };
      const leave = (): void => this.#leave(streams.finishMs ?? 0);
      for (const event of ['end', 'close', 'error']) streams.input.once(event, leave);
      for (const event of ['close', 'error']) streams.output.once(event, end);
    });
  }

  /** A person, where it is not the owner's client. */
  get principal(): string | undefined {
    return this.#selector.principal;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Cancels what is in flight; the streams stay open. */
  end(): void {
    if (!this.#open) return;
    this.#stopWaiting?.();
    this.#flush();
    this.#open = false;
    for (const cancel of this.#inFlight.values()) cancel('the client left');
    this.#session?.end();
    this.#closed();
  }

  /** The client says nothing more: what only waits for news is over, calls have this long for their answers. */
  #leave(finishMs: number): void {
    if (!this.#open || this.#stopWaiting) return;
    if (finishMs === 0) return this.end();
    this.#stopWaiting = this.#core.clock.after(finishMs, () => this.end());
    for (const idText of this.#listening) this.#inFlight.get(idText)?.();
    this.#endWhenIdle();
  }

  #endWhenIdle(): void {
    if (this.#stopWaiting && this.#inFlight.size + (this.#session?.inFlight.size ?? 0) === 0) this.end();
  }

  #line(line: Buffer): void {
    if (!this.#open) return;
    let value: unknown;
    try {
      value = parseFrame(line.toString());
    } catch {
      return this.#refuse('null', {
        code: codes.parse,
        message: 'Parse error: the line is not JSON',
        status: 400,
      });
    }
    if (Array.isArray(value)) return this.#batch(value);
    const message = readMessage(value);
    if (message.kind === 'invalid') return this.#refuse(message.idText, invalidRequest(message.problem));
    if (message.kind === 'request') return this.#request(message);
    this.#aside(message);
  }

  #batch(values: readonly unknown[]): void {
    const fault = this.#session
      ? serveBatch(this.#core, this.#session, values, this.#channel)
      : invalidRequest('batches are not supported');
    if (fault) this.#refuse('null', fault);
  }

  #request(request: ClientRequest): void {
    const meta = metaOf(request.params);
    const modern = meta[metaKeys.protocolVersion] !== undefined;
    if (request.method === 'initialize' && 'code' in readCaller(meta)) return this.#initialize(request);
    if (modern || !this.#session) return this.#modern(request);
    serveLegacy(this.#core, this.#session, request, this.#channel);
  }

  #initialize({ idText, params }: ClientRequest): void {
    const view = this.#core.catalog.view(this.#selector);
    if (!view) return this.#refuse(idText, viewFault(this.#selector));
    this.#session?.end();
    this.#session = new Session(this.#core, this.#selector, params);
    this.#session.attach(this.#channel);
    this.#write(utf8Wire(resultFrame(idText, initializeResult(this.#core, view, this.#session))));
  }

  #modern(request: ClientRequest): void {
    const { idText } = request;
    if (this.#inFlight.has(idText))
      return this.#refuse(idText, invalidRequest(`a request with the id ${idText} is still running`));
    if (this.#inFlight.size >= this.#core.limits.maxInFlight)
      return this.#refuse(idText, invalidRequest('too many requests at once'));
    let running = true;
    const done = (): void => {
      running = false;
      this.#inFlight.delete(idText);
      this.#listening.delete(idText);
    };
    const context = {
      selector: this.#selector,
      channel: this.#channel,
      headers: undefined,
      connection: this.#id,
      done,
    };
    const cancel = serveModern(this.#core, this.#listens, request, context);
    if (!running || !cancel) return;
    this.#inFlight.set(idText, cancel);
    if (request.method === 'subscriptions/listen') this.#listening.add(idText);
  }

  /** Notifications and responses. */
  #aside(message: ClientMessage): void {
    if (message.kind === 'response') this.#session?.answered(message);
    if (message.kind !== 'notification') return;
    if (this.#session) takeNotification(this.#session, message);
    if (message.method !== 'notifications/cancelled') return;
    const idText = idTextIn(message.params['requestId']);
    if (idText !== undefined) this.#inFlight.get(idText)?.();
  }

  #refuse(idText: string, fault: Fault): void {
    this.#write(faultAnswer(fault, idText).wire);
  }

  #send(frame: string): boolean {
    if (!this.#open || this.#output.writableLength > this.#core.limits.maxBufferedBytes) return false;
    this.#write(utf8Wire(frame));
    return true;
  }

  /** Small answers of one turn leave in one write, and everything in the order in which it came. */
  #write(wire: Wire, taken?: () => void): void {
    if (!this.#open || !this.#output.writable) return;
    if (wire.kind === 'latin1') {
      if (this.#outbox === '') atEndOfTurn(this.#flush);
      this.#outbox += `${wire.text}\n`;
      return;
    }
    this.#flush();
    if (wire.kind === 'utf8') {
      this.#output.write(`${wire.text}\n`, wire.kind);
      return;
    }
    this.#output.cork();
    for (const part of wire.parts) this.#output.write(bytesOnOneLine(part));
    this.#output.write('\n', (error) => {
      if (!error) taken?.();
    });
    this.#output.uncork();
    this.#hold();
  }

  readonly #flush = (): void => {
    const text = this.#outbox;
    this.#outbox = '';
    if (text !== '' && this.#output.writable) this.#output.write(text, 'latin1');
    this.#hold();
  };
}
