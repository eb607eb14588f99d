import { giveBack } from '../../kernel/protocol/spent-bytes.ts';

/** Largest line taken from a server, in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Bytes kept from either end of a line that is too long, enough to find whose answer it was. */
const KEPT_BYTES = 256;
/** A line is long when so much of it came and its end did not. */
const LONG_BYTES = 64 * 1024;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Takes the rest of a line as it comes. */
export interface LineTaker {
  take(part: Buffer): void;
  /** The line is whole. */
  end(): void;
  /** The line is longer than it may be, and what follows of it is dropped. */
  overflow(maxBytes: number): void;
}

export interface FrameEvents {
  /** One line without its line end; never empty. */
  frame(line: Buffer): void;
  /** A long line begins: who takes the rest of it, which is then no frame; undefined where it must be whole. */
  begun?(head: Buffer): LineTaker | undefined;
  /** A line without text; MCP over stdio gives it no meaning, server-sent events end with it. */
  blank?(): void;
  /** A line has grown longer than the limit; what follows of it is dropped. */
  overlong?(): void;
  /** A line longer than the limit was dropped: its first and last bytes. */
  oversize(head: Buffer, tail: Buffer): void;
}

/** Cuts a byte stream into lines. Chunks of one line are joined once, so a line costs its own length however it was split. */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #head: Buffer | undefined;
  #taker: LineTaker | undefined;
  #isOffered = false;

  /** The chunks pushed must be nobody else's where `events.begun` is there: their memory is given back. */
  constructor(events: FrameEvents, maxBytes = MAX_FRAME_BYTES) {
    this.#events = events;
    this.#maxBytes = maxBytes;
  }

  /** Part of a line was taken, and not its end. */
  get isInside(): boolean {
    return this.#size > 0;
  }

  /** A line, or the rest of one, without its line end. */
  line(part: Buffer): void {
    // Most lines come whole.
    if (this.#size === 0 && part.length <= this.#maxBytes) return this.#line(part);
    this.#take(part);
    this.#finish();
  }

  push(chunk: Buffer): void {
    const { length } = chunk;
    if (length === 0) return;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.line(chunk.subarray(start, end));
      start = end + 1;
      // Its memory may be gone, then.
      if (start === length) return;
    }
    this.#take(start === 0 ? chunk : chunk.subarray(start));
    if (this.#size >= LONG_BYTES && !this.#isOffered) this.#offer();
  }

  #take(part: Buffer): void {
    this.#size += part.length;
    if (this.#taker) return this.#pass(this.#taker, part);
    this.#parts.push(part);
    if (this.#size > this.#maxBytes) this.#shrink();
  }

  #offer(): void {
    this.#isOffered = true;
    if (!this.#events.begun || this.#head) return;
    const head = this.#joined();
    this.#taker = this.#events.begun(head);
    this.#parts = this.#taker ? [] : [head];
  }

  #pass(taker: LineTaker, part: Buffer): void {
    const isTooLong = this.#size > this.#maxBytes;
    if (!isTooLong) taker.take(part);
    else if (this.#size - part.length <= this.#maxBytes) taker.overflow(this.#maxBytes);
  }

  /** What was kept of the line, in one piece. */
  #joined(): Buffer {
    const [first, second] = this.#parts;
    if (first !== undefined && second === undefined) return first;
    const whole = Buffer.concat(this.#parts);
    if (this.#events.begun) giveBack(this.#parts);
    return whole;
  }

  /** Forgets the middle of a line that is too long, so that memory stays bounded however long it gets. */
  #shrink(): void {
    const isFirst = this.#head === undefined;
    this.#head ??= Buffer.concat(this.#parts, KEPT_BYTES);
    this.#parts = [lastBytes(this.#parts)];
    // Counts as almost full, so that the next shrink comes after another bounded run of bytes.
    this.#size = Math.max(0, this.#maxBytes - 1024 * 1024);
    if (isFirst) this.#events.overlong?.();
  }

  #finish(): void {
    const taker = this.#taker;
    const isWhole = this.#size <= this.#maxBytes;
    const line = this.#joined();
    const head = this.#head;
    this.#parts = [];
    this.#size = 0;
    this.#head = undefined;
    this.#taker = undefined;
    this.#isOffered = false;
    if (taker) {
      if (isWhole) taker.end();
    } else if (head) this.#events.oversize(head, textOf(line).subarray(-KEPT_BYTES));
    else this.#line(line);
  }

  #line(line: Buffer): void {
    const text = textOf(line);
    if (text.length === 0) this.#events.blank?.();
    else this.#events.frame(text);
  }
}

const textOf = (line: Buffer): Buffer =>
  line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;

function lastBytes(parts: readonly Buffer[]): Buffer {
  let tail = Buffer.alloc(0);
  for (let at = parts.length - 1; at >= 0 && tail.length < KEPT_BYTES; at -= 1) {
    tail = Buffer.concat([parts[at]?.subarray(-KEPT_BYTES) ?? tail, tail]);
  }
  return tail;
}
