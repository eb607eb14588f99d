import { StringDecoder } from 'node:string_decoder';
import { inOneTurn } from '../../../../kernel/async/turn.ts';
import { type Body, type BodyReader, REST_MS } from '../body.ts';
import { ChunkedReader } from './chunked.ts';
import type { ConnectionUser } from './connections.ts';

export interface BodyEnds {
  /** All of it came, and nothing else: the connection may be used again. */
  readonly release: () => void;
  readonly destroy: () => void;
}

const ASCII = 0x80;

/** A body in chunks, read off its connection. */
export class PlainBody implements Body, ConnectionUser {
  readonly #ends: BodyEnds;
  readonly #chunks = new ChunkedReader();
  #decoder: StringDecoder | undefined;
  #reader: BodyReader | undefined;
  /** What came before anybody read. */
  #early: string[] = [];
  #hasLeft = false;
  #isOver = false;
  #failure: Error | undefined;
  #cut: NodeJS.Timeout | undefined;

  constructor(ends: BodyEnds) {
    this.#ends = ends;
  }

  read(reader: BodyReader): void {
    this.#reader = reader;
    const early = this.#early;
    this.#early = [];
    for (const text of early) reader.text(text);
    if (this.#isOver) this.#tellEnd();
  }

  leave(): void {
    this.#hasLeft = true;
    this.#reader = undefined;
    if (!this.#isOver) this.#cut = setTimeout(() => this.destroy(), REST_MS).unref();
  }

  destroy(): void {
    this.#hasLeft = true;
    this.#reader = undefined;
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#cut);
    this.#ends.destroy();
  }

  bytes(piece: Buffer, length: number): void {
    inOneTurn((size) => this.#take(piece, size), length);
  }

  lost(cause: Error | undefined): void {
    this.#end(cause ?? new Error('it was closed'));
  }

  #take(piece: Buffer, length: number): void {
    try {
      this.#chunks.push(piece, length, (start, end) => this.#tell(piece, start, end));
    } catch (cause) {
      this.#ends.destroy();
      return this.#end(cause instanceof Error ? cause : new Error(String(cause)));
    }
    if (!this.#chunks.isEnded || this.#isOver) return;
    if (this.#chunks.isClean) this.#ends.release();
    else this.#ends.destroy();
    this.#end(undefined);
  }

  #tell(piece: Buffer, start: number, end: number): void {
    if (this.#hasLeft) return;
    const text = this.#textOf(piece, start, end);
    if (text === '') return;
    if (this.#reader === undefined) this.#early.push(text);
    else this.#reader.text(text);
  }

  /** A character may come in two pieces. */
  #textOf(piece: Buffer, start: number, end: number): string {
    if (this.#decoder === undefined) {
      if ((piece[end - 1] ?? 0) < ASCII) return piece.toString('utf8', start, end);
      this.#decoder = new StringDecoder('utf8');
    }
    return this.#decoder.write(piece.subarray(start, end));
  }

  #end(failure: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    clearTimeout(this.#cut);
    this.#tellEnd();
  }

  #tellEnd(): void {
    const rest = this.#decoder?.end() ?? '';
    if (rest !== '') this.#reader?.text(rest);
    if (this.#failure === undefined) this.#reader?.end();
    else this.#reader?.fail(this.#failure);
  }
}
