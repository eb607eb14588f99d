/** The last bytes that a process wrote to standard error; older ones are dropped. */
export class StderrRing {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #cut = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    const kept = chunk.length > this.#maxBytes ? chunk.subarray(chunk.length - this.#maxBytes) : chunk;
    this.#chunks.push(kept);
    this.#bytes += kept.length;
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
    this.#cut ||= all.length > this.#maxBytes;
    // A copy: a view would keep the dropped bytes in memory.
    const kept = Buffer.from(all.subarray(Math.max(0, all.length - this.#maxBytes)));
    this.#chunks = [kept];
    this.#bytes = kept.length;
  }
}
