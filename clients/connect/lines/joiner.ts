const NEWLINE = 10;

/** Puts pieces of a stream together to whole lines. */
export class Joiner {
  #begun: Buffer[] = [];

  /** The lines that a piece makes whole, with their ends. */
  join(chunk: Buffer): Buffer | undefined {
    const isWhole = chunk[chunk.length - 1] === NEWLINE;
    if (isWhole && this.#begun.length === 0) return chunk;
    const end = isWhole ? chunk.length : chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) return void this.#begun.push(chunk);
    const lines = Buffer.concat([...this.#begun, chunk.subarray(0, end)]);
    this.#begun = isWhole ? [] : [chunk.subarray(end)];
    return lines;
  }
}
