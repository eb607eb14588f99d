import { hubError, type CounterpartError } from '@counterpart/schemas';
import type {
  Era,
  JsonMembers,
  RawReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
  UpstreamInfo,
} from '../../kernel/ports.ts';
import { numberIn } from '../../kernel/protocol/exact-numbers.ts';
import { InFlight } from '../../kernel/in-flight.ts';
import { Deadlines } from './deadlines.ts';
import {
  abortError,
  Exchange,
  toPromise,
  unsendable,
  type ExchangeOwner,
  type ExchangeParts,
  type ExchangeTiming,
} from './exchange.ts';
import { ForeignLines } from './foreign-lines.ts';
import { LevelMark, wantsLog } from './log-levels.ts';
import { isMembers, membersOf } from '../../kernel/protocol/members.ts';
import { isRpcId, idTextIn } from '../../kernel/protocol/rpc/rpc-id.ts';
import { PassingReply, type PassingOwner } from './passing-reply.ts';
import { locateBegun, locateReply, messagesIn, payloadOf } from './reply-scan.ts';
import type { SessionOptions } from './session-options.ts';
import { isStandard, ServerQuestions } from './server-questions.ts';
import { frameText, relayedText, stampedAsHub } from './stamps.ts';

/** What carries frames to one server. Answers come back through `RpcSession.receive` and failures through `fail`. */
export interface Wire {
  /** `text` is the whole request; `params` are given again for what must also stand in headers. */
  request(exchange: Exchange, text: string, params: JsonMembers): void;
  /** A notification, or an answer to the server's own request. */
  tell(text: string): void;
  /** Nobody waits for this request any more. */
  abandon(exchange: Exchange, reason: string): void;
  /** True while the server takes no more bytes. */
  readonly congested: boolean;
}

export interface OwnRequestOptions {
  /** `Infinity`: stays open until one side closes it. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the hub declares for this request to a modern server. Default: nothing. */
  readonly capabilities?: JsonMembers | undefined;
}

/** JSON-RPC with one server over any wire: ids, deadlines, progress, questions; nothing of it knows processes or sockets. */
export class RpcSession implements ExchangeOwner {
  readonly #options: SessionOptions;
  readonly #wire: Wire;
  readonly #pending = new InFlight<Exchange>();
  readonly #deadlines: Deadlines;
  readonly #questions: ServerQuestions;
  #level = new LevelMark();
  readonly #foreign: ForeignLines;
  #nextId = 1;
  #streams = 0;
  #info: UpstreamInfo | undefined;
  #strays = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: SessionOptions, wire: Wire) {
    this.#options = options;
    this.#wire = wire;
    this.#foreign = new ForeignLines(options.server, options);
    this.#deadlines = new Deadlines(options.clock, (now) => this.#expire(now));
    this.#questions = new ServerQuestions((text) => wire.tell(text));
  }

  get info(): UpstreamInfo | undefined {
    return this.#info;
  }

  get era(): Era | undefined {
    return this.#info?.era;
  }

  get inFlight(): number {
    return this.#pending.size - this.#streams;
  }

  /** Lines that were no MCP, and the first of them. */
  get junk(): ForeignLines['seen'] {
    return this.#foreign.seen;
  }

  /** Resolves when nothing is in flight. Called once, by the one who closes. */
  idle(): Promise<void> {
    if (this.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** After the handshake: from now on requests are stamped as this era wants. */
  adopt(info: UpstreamInfo): void {
    this.#info = info;
    this.#level = new LevelMark();
  }

  /** Hot path. */
  call(request: RelayRequest, sink: RelaySink): RelayTicket {
    const { limits, server } = this.#options;
    if (this.inFlight >= limits.maxCalls || this.#wire.congested) {
      sink.settle({ kind: 'failure', error: hubError('CALL_BUSY', { server, limit: limits.maxCalls }) });
      return NOTHING_TO_CANCEL;
    }
    const parts: ExchangeParts = {
      timing: this.#timing(request.timeoutMs),
      sink,
      token: request.progressToken,
    };
    const exchange = this.#open(request.method, parts);
    try {
      if (this.era !== 'modern') this.#followLevel(sink.caller.logLevel);
      const text = relayedText(request, { caller: sink.caller, era: this.era, id: exchange.id });
      this.#wire.request(exchange, frameText(exchange, text), request.params);
    } catch (cause) {
      this.fail(exchange.id, unsendable(request.method, cause));
    }
    return exchange;
  }

  /** The hub's own request. Rejects with RpcFailure for the server's error, with a CounterpartError for any other. */
  request(method: string, params: JsonMembers, options: OwnRequestOptions = {}): Promise<JsonMembers> {
    const { signal } = options;
    let stopListening = (): void => undefined;
    const answer = new Promise<JsonMembers>((resolve, reject) => {
      const answered = toPromise(this.#options.server, { resolve, reject });
      const exchange = this.#open(method, { timing: this.#timing(options.timeoutMs), answered });
      const onAbort = (): void => {
        exchange.cancel('the hub gave up');
        reject(abortError(this.#options.server, method, signal));
      };
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      stopListening = () => signal?.removeEventListener('abort', onAbort);
      const full = this.era === 'modern' ? stampedAsHub(params, options.capabilities) : params;
      this.#wire.request(exchange, frameText(exchange, JSON.stringify(full)), full);
    });
    return answer.finally(() => stopListening());
  }

  notify(method: string, params: JsonMembers = {}): void {
    this.#wire.tell(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  /** One frame from the server. `owner` is the request whose own stream it came on, where the wire knows. */
  receive(frame: Buffer, owner?: Exchange): void {
    const span = locateReply(frame);
    if (span) {
      const exchange = this.#take(span.id);
      if (!exchange) return;
      const { text, idStart, idEnd, isError, spent } = span;
      const era = this.era ?? 'legacy';
      return this.#reply(exchange, { kind: 'frame', frame, text, idStart, idEnd, isError, era, spent });
    }
    try {
      for (const message of messagesIn(frame)) {
        if (isMembers(message)) this.#receiveParsed(message, owner);
        else this.#countJunk(frame);
      }
    } catch (thrown) {
      // Such as one nested so deep that it cannot be written again: a server's frame must not end the hub.
      const { server, log } = this.#options;
      log.warn({ server, err: thrown }, `a frame of ${server} could not be taken and was dropped`);
    }
  }

  /** A long frame begins: who takes the rest of it as it comes, undefined where it must be whole. */
  begin(frame: Buffer): PassingReply | undefined {
    const span = locateBegun(frame);
    const exchange = span && this.#pending.get(span.id);
    if (!exchange || span.isError) return undefined;
    const { id } = exchange;
    const { server, log } = this.#options;
    const head = { ...span, kind: 'frame', frame, era: this.era ?? 'legacy' } as const;
    const pass = exchange.begin(head);
    const owner: PassingOwner = {
      server,
      isOpen: () => this.isOpen(exchange),
      goesOn: () => this.#goesOn(exchange.timing),
      passed: (reply) => {
        this.#take(id);
        this.#reply(exchange, reply);
      },
      fail: (error) => {
        log.warn({ server, code: error.code }, error.message);
        this.fail(id, error);
      },
    };
    return pass && new PassingReply(owner, head, pass);
  }

  /** A line beyond the size limit was dropped; `id` is its request, if that could be told. */
  receiveOversize(id: number | undefined, maxBytes: number): void {
    const { server, log } = this.#options;
    const error = hubError('UPSTREAM_PROTOCOL', {
      server,
      detail: `an answer longer than ${maxBytes} bytes`,
    });
    log.warn({ server, code: error.code }, error.message);
    if (id !== undefined) this.fail(id, error);
  }

  fail(id: number, error: CounterpartError): void {
    this.#take(id)?.fail(error);
  }

  /** Whether it is neither answered nor given up. */
  isOpen(exchange: Exchange): boolean {
    return this.#pending.get(exchange.id) === exchange;
  }

  /** Fails this request unless it was answered or given up. */
  failIfOpen(exchange: Exchange, error: CounterpartError): void {
    if (this.isOpen(exchange)) this.fail(exchange.id, error);
  }

  /** The server is gone: everything in flight fails, nothing is repeated. */
  failAll(error: CounterpartError): void {
    this.#deadlines.stop();
    for (const { id } of this.#pending.values()) this.fail(id, error);
  }

  abandon(exchange: Exchange, reason: string): void {
    if (!this.isOpen(exchange)) return;
    this.#take(exchange.id);
    this.#wire.abandon(exchange, reason);
  }

  #timing(asked: number | undefined): ExchangeTiming {
    const timeoutMs = asked ?? this.#options.limits.callTimeoutMs;
    const now = this.#options.clock.now();
    const cap =
      timeoutMs === Number.POSITIVE_INFINITY
        ? timeoutMs
        : now + Math.max(timeoutMs, this.#options.limits.maxCallMs);
    return { timeoutMs, due: now + timeoutMs, cap };
  }

  #open(method: string, parts: ExchangeParts): Exchange {
    const exchange = new Exchange(this, this.#nextId, method, parts);
    this.#nextId += 1;
    this.#pending.set(exchange.id, exchange);
    if (exchange.isStream) this.#streams += 1;
    this.#deadlines.add(parts.timing.due);
    return exchange;
  }

  #take(id: number): Exchange | undefined {
    const exchange = this.#pending.get(id);
    if (!exchange) {
      this.#countStray(id);
      return undefined;
    }
    this.#pending.delete(id);
    if (exchange.isStream) this.#streams -= 1;
    if (exchange.sink) this.#questions.drop(exchange);
    if (this.#onIdle && this.inFlight === 0) this.#onIdle();
    return exchange;
  }

  #reply(exchange: Exchange, reply: RawReply): void {
    this.#options.events.outcome(true);
    exchange.reply(reply);
  }

  #followLevel(level: string | undefined): void {
    if (
      level === undefined ||
      this.#info?.capabilities['logging'] === undefined ||
      !this.#level.lowers(level)
    )
      return;
    const { server, log } = this.#options;
    this.request('logging/setLevel', { level }).catch((thrown: unknown) => {
      log.debug({ server, err: thrown }, 'the server did not take the log level');
    });
  }

  #expire(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const exchange of this.#pending.values()) {
      if (exchange.timing.due <= now) this.#timeOut(exchange);
      else next = Math.min(next, exchange.timing.due);
    }
    return next;
  }

  #timeOut(exchange: Exchange): void {
    const { server } = this.#options;
    this.abandon(exchange, 'it took too long');
    if (exchange.sink) this.#options.events.outcome(false);
    const { method, timing } = exchange;
    exchange.fail(hubError('CALL_TIMEOUT', { server, method, timeoutMs: timing.timeoutMs }));
  }

  #receiveParsed(message: JsonMembers, owner: Exchange | undefined): void {
    const { id, method } = message;
    const params = membersOf(message['params']);
    if (typeof method !== 'string') return this.#receiveOddReply(message, owner);
    const idText = idTextIn(id);
    if (idText !== undefined)
      return this.#questions.receive(
        { idText, method, params },
        owner?.sink ? [owner] : this.#relayed(),
        this.era,
      );
    if (id !== undefined) return this.#countJunk(Buffer.from(JSON.stringify(message)));
    switch (method) {
      case 'notifications/progress':
        return this.#progress(params);
      case 'notifications/message':
        return this.#logMessage(params, owner?.sink ? owner : this.#relayed().at(-1));
      case 'notifications/cancelled':
        return this.#cancelled(params);
      default:
        if (isStandard(method)) return this.#options.events.notification(method, params);
        return this.#questions.tell(method, params, owner ? [owner] : this.#relayed());
    }
  }

  /** An answer that is not written as most are: its id in the middle or as text, no version, a null beside it, or no object. */
  #receiveOddReply(message: JsonMembers, owner: Exchange | undefined): void {
    const id = isRpcId(message['id']) ? Number(message['id']) : owner?.id;
    const payload = payloadOf(message);
    if (id === undefined || payload === undefined)
      return this.#countJunk(Buffer.from(JSON.stringify(message)));
    const [key, value] = payload;
    const { server } = this.#options;
    if (!isMembers(value))
      return this.fail(
        id,
        hubError('UPSTREAM_PROTOCOL', { server, detail: `an answer whose ${key} is no object` }),
      );
    const frame = Buffer.from(`{"jsonrpc":"2.0","id":${id},"${key}":${JSON.stringify(value)}}`);
    if (locateReply(frame)) this.receive(frame, owner);
  }

  #progress(params: JsonMembers): void {
    const exchange = this.#pending.get(Number(params['progressToken']));
    const progress = numberIn(params['progress']);
    if (!exchange || progress === undefined || progress <= exchange.progress) return;
    exchange.progress = progress;
    const { timing, sink, token } = exchange;
    this.#goesOn(timing);
    if (token !== undefined) sink?.notify('notifications/progress', { ...params, progressToken: token });
  }

  #goesOn(timing: ExchangeTiming): void {
    timing.due = Math.min(this.#options.clock.now() + timing.timeoutMs, timing.cap);
  }

  #logMessage(params: JsonMembers, exchange: Exchange | undefined): void {
    if (!exchange?.sink) return this.#options.events.notification('notifications/message', params);
    if (wantsLog(exchange.sink.caller, params['level']))
      exchange.sink.notify('notifications/message', params);
  }

  #cancelled(params: JsonMembers): void {
    const { requestId } = params;
    const idText = idTextIn(requestId);
    if (idText === undefined) return;
    this.#questions.withdraw(idText);
    const exchange = this.#pending.get(Number(requestId));
    // A modern server may end a subscription with this notification instead of a result (2026-07-28, cancellation).
    if (exchange?.isStream === true) {
      const { server } = this.#options;
      this.fail(exchange.id, hubError('UPSTREAM_LOST', { server, detail: 'it ended the subscription' }));
    }
  }

  #relayed(): Exchange[] {
    return this.#pending.values().filter((exchange) => exchange.sink !== undefined);
  }

  #countStray(id: number): void {
    this.#strays += 1;
    if (this.#strays > 1) return;
    const { server, log } = this.#options;
    log.debug({ server, id }, 'an answer to a request that nobody waits for was dropped');
  }

  #countJunk(frame: Buffer): void {
    this.#options.events.junk(frame, this.#foreign.add(frame));
  }
}

const NOTHING_TO_CANCEL: RelayTicket = { cancel: () => undefined };
