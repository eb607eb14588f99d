const LINE_FEED = 10;

/** A body that comes in chunks (RFC 9112, section 7.1), without extensions and trailers; each byte is copied once. */
export class ChunkedBody {
  readonly #parts: Buffer[] = [];
  /** Of the chunk that is coming, with the line end behind it. */
  #due = 0;
  /** The line that says how long the next chunk is, as far as it came. */
  #line = '';
  /** Once its last chunk came, and the empty line that ends it. */
  isWhole = false;
  #isLast = false;

  /** What came, from this byte on. */
  take(bytes: Buffer, from: number): void {
    for (let at = from; at < bytes.length;)
      at = this.#due > 0 ? this.#data(bytes, at) : this.#size(bytes, at);
  }

  text(): string {
    return Buffer.concat(this.#parts).toString();
  }

  #data(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#due);
    const own = Math.min(end, at + this.#due - 2);
    if (own > at) this.#parts.push(bytes.subarray(at, own));
    this.#due -= end - at;
    return end;
  }

  #size(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LINE_FEED, at);
    this.#line += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
    if (end < 0) return bytes.length;
    if (this.#isLast) this.isWhole = true;
    else {
      const size = Number.parseInt(this.#line, 16);
      this.#isLast = size === 0;
      this.#due = size === 0 ? 0 : size + 2;
    }
    this.#line = '';
    return end + 1;
  }
}
