export interface LineEvents {
  /** A line without its end; empty lines are passed over. */
  line(line: Buffer): void;
  /** A line is longer than allowed; the rest of it is passed over. */
  tooLong(): void;
}

/** Cuts a stream of bytes into lines, holding no more than one line of the allowed length. */
export class LineReader {
  readonly #maxBytes: number;
  readonly #events: LineEvents;
  #parts: Buffer[] = [];
  #size = 0;
  #skipping = false;

  constructor(maxBytes: number, events: LineEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const part = chunk.subarray(from, end);
      // Most lines come whole.
      if (this.#size === 0 && !this.#skipping && part.length <= this.#maxBytes) this.#line(part);
      else {
        this.#take(part);
        this.#endLine();
      }
      from = end + 1;
    }
    if (from < chunk.length) this.#take(chunk.subarray(from));
  }

  #take(part: Buffer): void {
    if (this.#skipping) return;
    this.#size += part.length;
    if (this.#size <= this.#maxBytes) {
      this.#parts.push(part);
      return;
    }
    this.#skipping = true;
    this.#parts = [];
    this.#events.tooLong();
  }

  #endLine(): void {
    const parts = this.#parts;
    const skipped = this.#skipping;
    this.#parts = [];
    this.#size = 0;
    this.#skipping = false;
    if (skipped) return;
    const [first] = parts;
    this.#line(parts.length === 1 && first ? first : Buffer.concat(parts));
  }

  #line(line: Buffer): void {
    if (line.length > 0 && !(line.length === 1 && line[0] === 0x0d)) this.#events.line(line);
  }
}
