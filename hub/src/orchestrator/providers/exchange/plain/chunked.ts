/** What comes next of a body in chunks (RFC 9112, 7.1). */
type Next =
  | 'size'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-return'
  | 'data-end'
  | 'last'
  | 'last-end'
  | 'nothing';

const [TAB, LINE_FEED, RETURN, SPACE, SEMICOLON] = [0x09, 0x0a, 0x0d, 0x20, 0x3b];
/** A chunk is shorter than 256 MB. */
const MOST_DIGITS = 7;
const MOST_EXTENSION = 1_024;

/** Takes a chunked body apart, however its bytes are cut. Linear, and keeps none of them. */
export class ChunkedReader {
  #next: Next = 'size';
  #size = 0;
  #digits = 0;
  #extension = 0;
  #isClean = false;

  /** Whether all of it came. */
  get isEnded(): boolean {
    return this.#next === 'nothing';
  }

  /** Whether nothing followed it, neither a trailer nor what nobody asked for: its connection may serve another question. */
  get isClean(): boolean {
    return this.#isClean;
  }

  /** Tells the places of data in the first `length` bytes. Throws what is no chunked body. */
  push(bytes: Uint8Array, length: number, tell: (start: number, end: number) => void): void {
    let at = 0;
    while (at < length && this.#next !== 'nothing') {
      if (this.#next === 'data') {
        const end = Math.min(length, at + this.#size);
        this.#size -= end - at;
        if (this.#size === 0) this.#next = 'data-return';
        tell(at, end);
        at = end;
      } else {
        // There is one: `at` is below the length.
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
    if (this.#next === 'nothing') this.#isClean = this.#isClean && at === length;
  }

  #step(byte: number): void {
    switch (this.#next) {
      case 'size':
        return this.#sizeStep(byte);
      case 'extension':
        this.#extension += 1;
        if (byte === LINE_FEED || this.#extension > MOST_EXTENSION) throw malformed('the length of a chunk');
        if (byte === RETURN) this.#next = 'size-end';
        return;
      case 'size-end':
        this.#expect(byte, LINE_FEED, this.#size === 0 ? 'last' : 'data');
        return;
      case 'data-return':
        this.#expect(byte, RETURN, 'data-end');
        return;
      case 'data-end':
        this.#expect(byte, LINE_FEED, 'size');
        [this.#size, this.#digits, this.#extension] = [0, 0, 0];
        return;
      case 'last':
        // A trailer says nothing that is wanted, and its end is not waited for.
        this.#next = byte === RETURN ? 'last-end' : 'nothing';
        return;
      case 'last-end':
        this.#isClean = byte === LINE_FEED;
        this.#next = 'nothing';
        return;
      case 'data':
      case 'nothing':
    }
  }

  #sizeStep(byte: number): void {
    const digit = digitOf(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
      if (this.#digits <= MOST_DIGITS) return;
    } else if (this.#digits > 0) {
      if (byte === RETURN) this.#next = 'size-end';
      else if (byte === SEMICOLON || byte === SPACE || byte === TAB) this.#next = 'extension';
      if (this.#next !== 'size') return;
    }
    throw malformed('the length of a chunk');
  }

  #expect(byte: number, wanted: number, next: Next): void {
    if (byte !== wanted) throw malformed('the end of a line');
    this.#next = next;
  }
}

const malformed = (what: string): Error => new Error(`its body is not in chunks: ${what} is wrong`);

/** Of a hexadecimal digit; -1: it is none. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
