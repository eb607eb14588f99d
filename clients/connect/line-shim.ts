import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { answeredId } from './line-link.ts';
import { SessionEffects } from './session-effects.ts';
import { isMembers, readShimMessage, type ShimMessage } from './shim-message.ts';
import { unreachable, wasNotThere } from './unreachable.ts';

export interface LineShimOptions {
  readonly socket: Socket;
  readonly output: Writable;
  /** A new connection to the hub; rejects when nothing answers. */
  readonly open: () => Promise<Socket>;
  /** The hub cannot be reached; resolves when `open` leads to one that answers. */
  readonly onLost?: (() => Promise<void>) | undefined;
  /** Where the hub is expected, for messages. */
  readonly address: () => string;
}

const NEWLINE = 10;
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
/** After the end of input, answers are waited for this long. */
const DRAIN_MS = 5_000;
/** Before a connection that broke is opened again for a client that waits for news only. */
const REOPEN_MS = 500;
/** Requests that may have done something, or that only make sense on the connection they came on. */
const NOT_REPEATED: ReadonlySet<string | undefined> = new Set(['tools/call', 'subscriptions/listen']);

/**
 * Passes lines between a client and the hub on one connection, as they are. When the hub restarts, the client's session is
 * begun anew and what it asked meanwhile is sent then; only calls that were under way fail.
 */
export class LineShim {
  readonly #options: LineShimOptions;
  readonly #effects = new SessionEffects();
  /** Requests without an answer, in their order. */
  readonly #waiting = new Map<string | number, ShimMessage>();
  /** Requests of the shim's own, whose answers are for nobody. */
  readonly #own = new Set<string | number>();
  #socket: Socket | undefined;
  #hello: ShimMessage | undefined;
  /** Lines that wait for the end of what came with them, or for a connection. */
  #outbox: string[] = [];
  #parts: Buffer[] = [];
  #revival: Promise<void> | undefined;
  #onQuiet: (() => void) | undefined;
  #owns = 0;
  #closed = false;

  constructor(options: LineShimOptions) {
    this.#options = options;
    this.#adopt(options.socket);
  }

  /** Takes a line of the client, which is sent with the next `flush`. */
  line(text: string): void {
    const message = readShimMessage(text);
    if (message?.id !== undefined && message.method !== undefined) this.#waiting.set(message.id, message);
    if (message?.cancels !== undefined) this.#waiting.delete(message.cancels);
    if (message?.method === 'initialize' && message.modernVersion === undefined) this.#hello = message;
    if (message) this.#effects.noted(message);
    this.#outbox.push(text);
  }

  /** Sends what waits, in one write. */
  flush(): void {
    if (this.#outbox.length === 0) return;
    if (!this.#socket) return void this.#revive();
    const text = `${this.#outbox.join('\n')}\n`;
    this.#outbox = [];
    this.#socket.write(text);
    if (this.#onQuiet) this.#lookQuiet();
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

  #adopt(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk, socket));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#lost(socket));
    if (socket.destroyed) this.#lost(socket);
  }

  /** Whole lines leave in one write, however many came. */
  #take(chunk: Buffer, socket: Socket): void {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) return void this.#parts.push(chunk);
    this.#parts.push(chunk.subarray(0, end));
    const lines = this.#parts.length === 1 ? chunk.subarray(0, end) : Buffer.concat(this.#parts);
    this.#parts = end < chunk.length ? [chunk.subarray(end)] : [];
    const kept = this.#withoutOwn(lines);
    if (kept.length > 0 && !this.#write(kept)) {
      socket.pause();
      this.#options.output.once('drain', () => socket.resume());
    }
    if (this.#onQuiet) this.#lookQuiet();
  }

  #withoutOwn(lines: Buffer): Buffer {
    const kept: Buffer[] = [];
    let from = 0;
    let start = 0;
    for (let end = lines.indexOf(NEWLINE); end >= 0; end = lines.indexOf(NEWLINE, start)) {
      const id = answeredId(lines.subarray(start, end));
      if (id !== undefined) this.#waiting.delete(id);
      if (id !== undefined && this.#own.delete(id)) {
        kept.push(lines.subarray(from, start));
        from = end + 1;
      }
      start = end + 1;
    }
    return from === 0 ? lines : Buffer.concat([...kept, lines.subarray(from)]);
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
    this.#parts = [];
    this.#own.clear();
    const unsent = new Set(this.#outbox);
    const again: string[] = [];
    for (const message of this.#waiting.values()) {
      if (unsent.has(message.text)) continue;
      if (NOT_REPEATED.has(message.method)) this.#fail(message, new Error('the connection broke off'));
      else again.push(message.text);
    }
    this.#outbox.unshift(...again);
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
      for (const message of this.#waiting.values()) this.#fail(message, thrown);
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
      const pending = new Set([...this.#waiting.values()].map(({ text }) => text));
      const effects = [...this.#effects.values()].filter((text) => !pending.has(text));
      this.#outbox.unshift(this.#asOwn(hello.text), INITIALIZED, ...effects.map((text) => this.#asOwn(text)));
    }
    this.#adopt(socket);
    this.flush();
  }

  #asOwn(text: string): string {
    const message: unknown = JSON.parse(text);
    this.#owns += 1;
    const id = `shim-${this.#owns}`;
    this.#own.add(id);
    return JSON.stringify({ ...(isMembers(message) ? message : {}), id });
  }

  #fail({ id, method }: ShimMessage, thrown: unknown): void {
    if (id === undefined || method === undefined) return;
    this.#waiting.delete(id);
    const error = unreachable(this.#options.address(), thrown);
    this.#write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`);
    if (this.#onQuiet) this.#lookQuiet();
  }
}
