import type { Clock } from '../../kernel/clock.ts';
import { giveBack, lend } from '../../kernel/protocol/spent-bytes.ts';
import type { FrameReader } from '../rpc/framing.ts';

/** As much as a pipe of the system holds, so that one read empties it. */
const PIECE_BYTES = 256 * 1024;
/** Room that a line which is under way has at least. */
const LEAST_ROOM_BYTES = 64 * 1024;
/** A line longer than this passes in parts. */
const MOST_COLLECTED_BYTES = 4096 * 1024;
/** So does one whose end takes longer. */
const PATIENCE_MS = 20;
const NEWLINE = 10;

/** Into which all servers are read: what is read is copied before anything else is. */
let piece: Buffer | undefined;

/**
 * Where the output of a process is read to. Short lines are read into a piece that all processes share, and copied; a line that
 * does not end there gets memory of its own, into which the rest of it is read. So it reaches its reader whole unless it is very
 * long, or slow: then it reaches it in the parts in which it comes.
 */
export class Intake {
  readonly #reader: FrameReader;
  readonly #clock: Clock;
  /** Of the line that is under way. */
  #line: Buffer | undefined;
  #size = 0;
  /** The reader has what is there of the line: no more is to be put behind that. */
  #isLate = false;
  #unwait: () => void = () => undefined;

  constructor(reader: FrameReader, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /** Where the next bytes are to be put. */
  room(): Buffer {
    return this.#line?.subarray(this.#size) ?? (piece ??= Buffer.allocUnsafeSlow(PIECE_BYTES));
  }

  /** So many bytes are there. */
  took(length: number): void {
    const line = this.#line;
    if (line === undefined) this.#takeCopyOf(this.room().subarray(0, length));
    else if (this.#isLate) this.#goOn(line, length);
    else this.#grow(line, length);
  }

  #takeCopyOf(bytes: Buffer): void {
    if (this.#reader.isInside) return this.#passOn(bytes);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) this.#reader.push(Buffer.from(bytes.subarray(0, end)));
    if (end < bytes.length) this.#begin(bytes.subarray(end));
  }

  /** More of a line of which the reader has a part. */
  #passOn(bytes: Buffer): void {
    const end = bytes.indexOf(NEWLINE) + 1 || bytes.length;
    this.#reader.push(copyOf(bytes.subarray(0, end)));
    if (end < bytes.length) this.#takeCopyOf(bytes.subarray(end));
  }

  #begin(bytes: Buffer): void {
    this.#line = lend(bytes.length + LEAST_ROOM_BYTES);
    this.#size = bytes.copy(this.#line);
    this.#unwait = this.#clock.after(PATIENCE_MS, () => this.#giveUp());
  }

  #grow(line: Buffer, length: number): void {
    const from = this.#size;
    this.#size += length;
    const end = line.subarray(from, this.#size).indexOf(NEWLINE);
    if (end >= 0) return this.#finish(line, from + end);
    if (this.#size > MOST_COLLECTED_BYTES) return this.#finish(line, this.#size);
    if (line.length - this.#size >= LEAST_ROOM_BYTES) return;
    this.#line = lend(this.#size + LEAST_ROOM_BYTES);
    line.copy(this.#line, 0, 0, this.#size);
    giveBack([line]);
  }

  /** Hands over what belongs to the line, up to its end where that came. */
  #finish(line: Buffer, end: number): void {
    this.#unwait();
    this.#line = undefined;
    const size = this.#size;
    const rest = end + 1 < size ? Buffer.from(line.subarray(end + 1, size)) : undefined;
    if (end < size) this.#reader.line(line.subarray(0, end));
    else this.#reader.push(line.subarray(0, end));
    if (rest) this.#takeCopyOf(rest);
  }

  /** The system may be about to put more into the line's memory, so that the reader gets a copy. */
  #giveUp(): void {
    if (this.#line === undefined) return;
    this.#isLate = true;
    this.#reader.push(copyOf(this.#line.subarray(0, this.#size)));
  }

  #goOn(line: Buffer, length: number): void {
    this.#line = undefined;
    this.#isLate = false;
    this.#takeCopyOf(line.subarray(this.#size, this.#size + length));
    giveBack([line]);
  }
}

/** Memory is lent where the bytes fill much of it: what Node reads from a pipe fills a quarter at most. */
function copyOf(bytes: Buffer): Buffer {
  if (bytes.length < PIECE_BYTES / 2) return Buffer.from(bytes);
  const own = lend(bytes.length);
  return own.subarray(0, bytes.copy(own));
}
