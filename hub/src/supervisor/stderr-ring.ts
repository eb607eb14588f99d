/** The last bytes that a process wrote to standard error; older ones are dropped. */
export class StderrRing {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** The first line that is kept lost its beginning. */
  #cut = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Joining only when twice the limit has gathered keeps a flood of small writes linear.
    if (this.#bytes > this.#maxBytes * 2 || this.#chunks.length > 1_024) this.#compact();
  }

  /** Oldest first; a line that lost its beginning is left out. */
  lines(): string[] {
    this.#compact();
    const lines = Buffer.concat(this.#chunks).toString('utf8').split(/\r?\n/);
    if (this.#cut && lines.length > 1) lines.shift();
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }

  #compact(): void {
    const all = Buffer.concat(this.#chunks);
    const dropped = all.length - this.#maxBytes;
    if (dropped > 0) this.#cut = all[dropped - 1] !== NEWLINE;
    // A copy: a view would keep the dropped bytes in memory.
    const kept = dropped > 0 ? Buffer.from(all.subarray(dropped)) : all;
    this.#chunks = [kept];
    this.#bytes = kept.length;
  }
}

const NEWLINE = 0x0a;
