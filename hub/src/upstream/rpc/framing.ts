/** Largest line taken from a server, in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Bytes kept from either end of a line that is too long, enough to find whose answer it was. */
const KEPT_BYTES = 256;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface FrameEvents {
  /** One line without its line end; never empty. */
  frame(line: Buffer): void;
  /** A line without text; MCP over stdio gives it no meaning, server-sent events end with it. */
  blank?(): void;
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

  constructor(events: FrameEvents, maxBytes = MAX_FRAME_BYTES) {
    this.#events = events;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const part = chunk.subarray(start, end);
      // Most lines come whole.
      if (this.#parts.length === 0 && part.length <= this.#maxBytes) this.#line(part);
      else {
        this.#take(part);
        this.#finish();
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#take(start === 0 ? chunk : chunk.subarray(start));
  }

  #take(part: Buffer): void {
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size > this.#maxBytes) this.#shrink();
  }

  /** Forgets the middle of a line that is too long, so that memory stays bounded however long it gets. */
  #shrink(): void {
    this.#head ??= Buffer.concat(this.#parts, KEPT_BYTES);
    this.#parts = [lastBytes(this.#parts)];
    // Counts as almost full, so that the next shrink comes after another bounded run of bytes.
    this.#size = Math.max(0, this.#maxBytes - 1024 * 1024);
  }

  #finish(): void {
    const [first, second] = this.#parts;
    if (first === undefined) return;
    const line = second === undefined ? first : Buffer.concat(this.#parts);
    const head = this.#head;
    this.#parts = [];
    this.#size = 0;
    this.#head = undefined;
    if (head) this.#events.oversize(head, textOf(line).subarray(-KEPT_BYTES));
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
