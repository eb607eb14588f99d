import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { SessionEffects } from '../session-effects.ts';
import { failureText, isMembers, readShimMessage, requestsIn, type ShimMessage } from '../shim-message.ts';
import { unreachable, wasNotThere } from '../unreachable.ts';
import { Joiner } from './joiner.ts';
import { answeredId, answeredIds, calledId, isBatch, textOf, type Id, type Line } from './line-ids.ts';

export interface LineShimOptions {
  readonly socket: Socket;
  /** Is not read while the hub takes nothing more. */
  readonly input: Readable;
  readonly output: Writable;
  /** A new connection to the hub; rejects when nothing answers. */
  readonly open: () => Promise<Socket>;
  /** The hub cannot be reached; resolves when `open` leads to one that answers. */
  readonly onLost?: (() => Promise<void>) | undefined;
  /** Where the hub is expected, for messages. */
  readonly address: () => string;
}

/** A request without an answer; one object for all of a batch. */
interface Asked {
  readonly method: string;
  /** Its line, where it may be sent again. */
  readonly line?: Buffer;
  /** Its batch, which is answered in one line. */
  readonly batch: ShimMessage['batch'];
}

const NEWLINE = 10;
const LINE_END = Buffer.of(NEWLINE);
/** The only revision of the protocol that has batches. */
const BATCH_VERSION = '2025-03-26';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
/** After the end of input, answers are waited for this long. */
const DRAIN_MS = 5_000;
/** Before a connection that broke is opened again for a client that waits for news only. */
const REOPEN_MS = 500;
/** The same for all calls: of what may have done something only the id is kept. */
const CALL: Asked = { method: 'tools/call', batch: undefined };
/** Requests that may have done something, or that only make sense on the connection they came on. */
const NOT_REPEATED: ReadonlySet<string> = new Set(['tools/call', 'subscriptions/listen']);

/**
 * Passes bytes between a client and the hub on one connection, in whole lines and as they are; of a call only the ends of its
 * line are looked at. When the hub restarts, the client's session is begun anew and what it asked meanwhile is sent then; only
 * calls that were under way fail.
 */
export class LineShim {
  readonly #options: LineShimOptions;
  readonly #effects = new SessionEffects();
  /** In their order. */
  readonly #waiting = new Map<Id, Asked>();
  /** Requests of the shim's own, whose answers are for nobody. */
  readonly #own = new Set<Id>();
  #socket: Socket | undefined;
  #hello: ShimMessage | undefined;
  /** Lines that wait for a connection, and the requests among them. */
  #outbox: Buffer[] = [];
  readonly #unsent = new Set<Id>();
  /** Lines that are not whole yet. */
  #asking = new Joiner();
  #answering = new Joiner();
  #revival: Promise<void> | undefined;
  #onQuiet: (() => void) | undefined;
  #owns = 0;
  #closed = false;

  constructor(options: LineShimOptions) {
    this.#options = options;
    this.#adopt(options.socket);
  }

  /** Takes what the client wrote. */
  push(chunk: Buffer): void {
    const lines = this.#asking.join(chunk);
    if (!lines) return;
    eachLine(lines, (line) => this.#note(line));
    if (this.#socket) return this.#send(this.#socket, lines);
    this.#outbox.push(lines);
    const { input } = this.#options;
    input.pause();
    void this.#revive().then(() => input.resume());
  }

  /** Waits for the answers that are still due, but not for ever. */
  async drain(): Promise<void> {
    const quiet = new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
      this.#lookQuiet();
    });
    await Promise.race([quiet, pause(DRAIN_MS, undefined, { ref: false })]);
  }

  /** Ends the connection once what was written is sent. */
  async close(): Promise<void> {
    this.#closed = true;
    const socket = this.#socket;
    if (!socket || socket.destroyed) return;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.end();
    await Promise.race([closed, pause(REOPEN_MS, undefined, { ref: false })]);
    socket.destroy();
  }

  #note(line: Line): void {
    const called = calledId(line);
    if (called !== undefined) return this.#asked(called, CALL);
    const message = readShimMessage(textOf(line));
    if (!message) return;
    const { batch } = message;
    for (const part of batch ?? [message]) this.#heard(part);
    const requests = requestsIn(message);
    const once = requests.find(({ method }) => NOT_REPEATED.has(method));
    const method = (once ?? requests[0])?.method;
    if (method === undefined || (batch && !this.#takesBatches)) return;
    const { bytes, from, to } = line;
    const asked: Asked = { method, batch, ...(once ? {} : { line: bytes.subarray(from, to) }) };
    for (const { id } of requests) this.#asked(id, asked);
  }

  #heard(message: ShimMessage): void {
    const { cancels, method, modernVersion } = message;
    if (cancels !== undefined) this.#waiting.delete(cancels);
    if (method === 'initialize' && modernVersion === undefined) this.#hello = message;
    this.#effects.noted(message);
  }

  /** A hub refuses a batch of any other version whole, and what it asks is never answered. */
  get #takesBatches(): boolean {
    return this.#hello?.text.includes(`"${BATCH_VERSION}"`) === true;
  }

  #asked(id: Id, asked: Asked): void {
    this.#waiting.set(id, asked);
    if (!this.#socket) this.#unsent.add(id);
  }

  /** A hub that does not read is asked nothing more. */
  #send(socket: Socket, lines: Buffer): void {
    const { input } = this.#options;
    if (socket.write(lines) || input.isPaused()) return;
    input.pause();
    socket.once('drain', () => input.resume());
  }

  #adopt(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk, socket));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#lost(socket));
    if (socket.destroyed) this.#lost(socket);
  }

  /** Whole lines leave in one write, however many came. */
  #take(chunk: Buffer, socket: Socket): void {
    const lines = this.#answering.join(chunk);
    if (!lines) return;
    const kept = this.#waiting.size + this.#own.size === 0 ? lines : this.#withoutOwn(lines);
    if (kept.length > 0 && !this.#write(kept)) {
      socket.pause();
      this.#options.output.once('drain', () => socket.resume());
    }
    if (this.#onQuiet) this.#lookQuiet();
  }

  /** Strikes out what was answered. */
  #withoutOwn(lines: Buffer): Buffer {
    const kept: Buffer[] = [];
    let begin = 0;
    eachLine(lines, (line) => {
      if (isBatch(line)) for (const answered of answeredIds(line)) this.#waiting.delete(answered);
      const id = answeredId(line);
      if (id === undefined) return;
      this.#waiting.delete(id);
      if (!this.#own.delete(id)) return;
      kept.push(lines.subarray(begin, line.from));
      begin = line.to + 1;
    });
    return begin === 0 ? lines : Buffer.concat([...kept, lines.subarray(begin)]);
  }

  #write(bytes: Buffer | string): boolean {
    return !this.#options.output.writable || this.#options.output.write(bytes);
  }

  #lookQuiet(): void {
    for (const { method } of this.#waiting.values()) if (method !== 'subscriptions/listen') return;
    if (this.#outbox.length === 0) this.#onQuiet?.();
  }

  #lost(socket: Socket): void {
    if (this.#closed || this.#socket !== socket) return;
    this.#socket = undefined;
    this.#answering = new Joiner();
    this.#own.clear();
    const sent = [...this.#waiting].filter(([id]) => !this.#unsent.has(id));
    const again = new Set(sent.flatMap(([, { line }]) => line ?? []));
    this.#fail(
      sent.filter(([, { line }]) => !line),
      new Error('the connection broke off'),
    );
    for (const id of this.#waiting.keys()) this.#unsent.add(id);
    this.#outbox.unshift(...[...again].flatMap((line) => [line, LINE_END]));
    this.#options.input.resume();
    if (this.#outbox.length > 0) void this.#revive();
    else if (this.#hello) void this.#reopen();
  }

  #revive(): Promise<void> {
    this.#revival ??= this.#connectAgain().finally(() => {
      this.#revival = undefined;
    });
    return this.#revival;
  }

  async #connectAgain(): Promise<void> {
    const { open, onLost } = this.#options;
    try {
      const socket = await open().catch(async (thrown: unknown) => {
        if (!wasNotThere(thrown) || !onLost) throw thrown;
        await onLost();
        return open();
      });
      this.#renew(socket);
    } catch (thrown) {
      this.#outbox = [];
      this.#unsent.clear();
      this.#fail([...this.#waiting], thrown);
    }
  }

  /** For a client that asks nothing now and yet is to hear of changes; no hub is started for it. */
  async #reopen(): Promise<void> {
    while (!this.#closed && !this.#socket && !this.#revival) {
      await pause(REOPEN_MS, undefined, { ref: false });
      if (this.#closed || this.#socket || this.#revival) return;
      const socket = await this.#options.open().catch(() => undefined);
      if (socket && (this.#socket || this.#closed)) socket.destroy();
      else if (socket) this.#renew(socket);
    }
  }

  /** The session on a new connection as it was on the old one, then what the client asked since. */
  #renew(socket: Socket): void {
    if (this.#closed || this.#socket) return void socket.destroy();
    const hello = this.#hello;
    // Not yet answered, it is among what is sent again anyway.
    if (hello?.id !== undefined && !this.#waiting.has(hello.id)) {
      const pending = new Set([...this.#waiting.values()].map(({ line }) => line?.toString()));
      const effects = [...this.#effects.values()].filter((text) => !pending.has(text));
      const begin = [this.#asOwn(hello.text), INITIALIZED, ...effects.map((text) => this.#asOwn(text))];
      this.#outbox.unshift(Buffer.from(`${begin.join('\n')}\n`));
    }
    const lines = Buffer.concat(this.#outbox);
    this.#outbox = [];
    this.#unsent.clear();
    this.#adopt(socket);
    this.#send(socket, lines);
    if (this.#onQuiet) this.#lookQuiet();
  }

  #asOwn(text: string): string {
    const message: unknown = JSON.parse(text);
    this.#owns += 1;
    const id = `shim-${this.#owns}`;
    this.#own.add(id);
    return JSON.stringify({ ...(isMembers(message) ? message : {}), id });
  }

  #fail(open: readonly (readonly [Id, Asked])[], thrown: unknown): void {
    const error = unreachable(this.#options.address(), thrown);
    // Calls share one object, the requests of a batch another.
    const groups = Map.groupBy(open, ([id, asked]) => (asked.batch ? asked : id));
    for (const group of groups.values()) {
      const ids = group.map(([id]) => id);
      for (const id of ids) this.#waiting.delete(id);
      const text = failureText(group[0]?.[1] ?? CALL, ids, error);
      if (text !== undefined) this.#write(`${text}\n`);
    }
    if (this.#onQuiet) this.#lookQuiet();
  }
}

function eachLine(bytes: Buffer, take: (line: Line) => void): void {
  let from = 0;
  for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
    take({ bytes, from, to });
    from = to + 1;
  }
}
