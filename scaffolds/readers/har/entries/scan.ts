import { MAX_ENTRY_BYTES, MAX_HEAD_BYTES, MAX_STRING_BYTES } from '../limits.ts';

/** What stands in an entry for a string that was too long to keep. */
export const CUT_TEXT = '\u{fdd0}cut';

/** One element of `log.entries`, as text. */
export interface ScannedEntry {
  /** From 0, as in a pointer `#/log/entries/0`. */
  readonly index: number;
  /** Its JSON; undefined when it was larger than is kept. */
  readonly text: string | undefined;
}

/** How a scan ended. */
export interface ScanEnd {
  readonly bytes: number;
  /** Elements of `entries` that were whole. */
  readonly entries: number;
  /** False when the text ended before its outermost value did. */
  readonly complete: boolean;
  /** Index of the entry in which the text ended. */
  readonly cutEntry: number | undefined;
  /** Whether an `entries` list was met at all. */
  readonly found: boolean;
  /** What stands around the entries, closed where it was cut. */
  readonly head: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MAX_KEY_BYTES = 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Cuts a HAR into its entries while it comes by, so that memory is bounded by the largest entry and a file that ends in
 * the middle is read to its end. Knows brackets and strings only; each entry is parsed by whoever takes it.
 */
export class EntryScanner {
  readonly #take: (entry: ScannedEntry) => void;
  readonly #entry = new Bytes(MAX_ENTRY_BYTES);
  readonly #head = new Bytes(MAX_HEAD_BYTES);
  readonly #open: number[] = [];
  /** Keys of the objects that are open, for the two outermost. */
  readonly #keys: string[] = [];
  #bytes = 0;
  #index = 0;
  #inString = false;
  #escaped = false;
  #stringStart = 0;
  #skipping = false;
  #lastString = new Bytes(MAX_KEY_BYTES);
  /** How many brackets are open inside the list of entries; 0 outside it. */
  #listDepth = 0;
  #inEntry = false;
  #sawValue = false;
  #found = false;
  #ended = false;

  constructor(take: (entry: ScannedEntry) => void) {
    this.#take = take;
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    for (let at = 0; at < chunk.byteLength;) {
      if (this.#inString) at = this.#stringBytes(chunk, at);
      else {
        this.#plainByte(chunk[at] ?? 0);
        at += 1;
      }
    }
  }

  /** Says how it ended; nothing can be written afterwards. */
  end(): ScanEnd {
    const closers = this.#open
      .slice(0, this.#listDepth === 0 ? undefined : this.#listDepth)
      .toReversed()
      .map((bracket) => (bracket === OPEN_LIST ? ']' : '}'))
      .join('');
    return {
      bytes: this.#bytes,
      entries: this.#index,
      complete: this.#ended && this.#open.length === 0,
      cutEntry: this.#inEntry ? this.#index : undefined,
      found: this.#found,
      head: `${this.#head.text()}${closers}`,
    };
  }

  /** Takes what the chunk has of a string, its closing quote included; where to go on. */
  #stringBytes(chunk: Uint8Array, from: number): number {
    let at = from;
    let isClosed = false;
    for (; at < chunk.byteLength && !isClosed; at += 1) {
      const byte = chunk[at];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else isClosed = byte === QUOTE;
    }
    const piece = chunk.subarray(from, at);
    if (!this.#skipping) this.#keepAll(piece);
    if (this.#inEntry) this.#limitString();
    else if (this.#open.length <= 2) this.#lastString.append(isClosed ? piece.subarray(0, -1) : piece);
    if (!isClosed) return at;
    this.#inString = false;
    if (this.#skipping) this.#keep(QUOTE);
    this.#skipping = false;
    return at;
  }

  #limitString(): void {
    if (this.#skipping || this.#entry.length - this.#stringStart <= MAX_STRING_BYTES) return;
    this.#skipping = true;
    this.#entry.cutTo(this.#stringStart);
    this.#entry.append(encoder.encode(CUT_TEXT));
  }

  #plainByte(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        this.#keep(byte);
        this.#stringStart = this.#entry.length;
        this.#lastString.cutTo(0);
        return;
      case OPEN_LIST:
      case OPEN_OBJECT:
        this.#opened(byte);
        return;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.#closed(byte);
        return;
      case COLON:
        if (!this.#inEntry && this.#open.length <= 2)
          this.#keys[this.#open.length - 1] = this.#lastString.text();
        this.#keep(byte);
        return;
      case COMMA:
        if (this.#isAmongEntries()) this.#nextElement();
        else this.#keep(byte);
        return;
      default:
        if (this.#isAmongEntries() && byte > 0x20) this.#sawValue = true;
        this.#keep(byte);
    }
  }

  /** Directly in the list of entries, between two of them. */
  #isAmongEntries(): boolean {
    return this.#listDepth !== 0 && this.#open.length === this.#listDepth;
  }

  #nextElement(): void {
    // An element that is no object has its place in the list all the same.
    if (this.#sawValue) {
      this.#take({ index: this.#index, text: '' });
      this.#index += 1;
    }
    this.#sawValue = false;
  }

  #opened(byte: number): void {
    if (this.#isAmongEntries() && byte === OPEN_OBJECT) {
      this.#inEntry = true;
      this.#sawValue = false;
      this.#entry.cutTo(0);
    }
    const isList = byte === OPEN_LIST && !this.#found && this.#isListOfEntries();
    this.#keep(byte);
    this.#open.push(byte);
    if (isList) {
      this.#found = true;
      this.#listDepth = this.#open.length;
    }
  }

  #isListOfEntries(): boolean {
    const [outer, inner] = this.#keys;
    if (this.#open.length === 1) return outer === 'entries';
    return this.#open.length === 2 && outer === 'log' && inner === 'entries';
  }

  #closed(byte: number): void {
    if (this.#isAmongEntries()) {
      this.#nextElement();
      this.#listDepth = 0;
    }
    this.#open.pop();
    this.#keep(byte);
    this.#keys.length = Math.min(this.#keys.length, this.#open.length);
    if (this.#open.length === 0) this.#ended = true;
    if (!this.#inEntry || !this.#isAmongEntries()) return;
    this.#inEntry = false;
    const text = this.#entry.overflown ? undefined : this.#entry.text();
    this.#take({ index: this.#index, text });
    this.#index += 1;
    this.#entry.cutTo(0);
  }

  #keepAll(bytes: Uint8Array): void {
    if (this.#inEntry) this.#entry.append(bytes);
    else if (this.#listDepth === 0) this.#head.append(bytes);
  }

  #keep(byte: number): void {
    if (this.#inEntry) this.#entry.push(byte);
    else if (this.#listDepth === 0) this.#head.push(byte);
  }
}

/** Bytes that grow up to a limit and say when it was passed. */
class Bytes {
  readonly #limit: number;
  #buffer = new Uint8Array(1_024);
  length = 0;
  overflown = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(byte: number): void {
    if (!this.#makeRoom(1)) return;
    this.#buffer[this.length] = byte;
    this.length += 1;
  }

  append(bytes: Uint8Array): void {
    if (!this.#makeRoom(bytes.byteLength)) return;
    this.#buffer.set(bytes, this.length);
    this.length += bytes.byteLength;
  }

  #makeRoom(count: number): boolean {
    const needed = this.length + count;
    if (needed > this.#limit) {
      this.overflown = true;
      return false;
    }
    if (needed > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.byteLength * 2));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    return true;
  }

  cutTo(length: number): void {
    this.length = length;
    if (length === 0) this.overflown = false;
  }

  text(): string {
    return decoder.decode(this.#buffer.subarray(0, this.length));
  }
}
