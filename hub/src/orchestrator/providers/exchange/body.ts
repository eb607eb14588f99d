import type { Readable } from 'node:stream';

/** Who reads a body. After `end` or `fail` nothing that it is told counts. */
export interface BodyReader {
  readonly text: (piece: string) => void;
  readonly end: () => void;
  readonly fail: (cause: Error) => void;
}

/** The body of an answer, which is read once, and left or destroyed by whoever has it. */
export interface Body {
  /** Tells all of it as text, piece by piece as it comes. */
  read(reader: BodyReader): void;
  /** Nobody wants more: its connection serves the next question, if what is left are a few bytes. */
  leave(): void;
  /** Its connection is closed. */
  destroy(): void;
}

/** For the few bytes after an answer's last word. */
export const REST_MS = 1_000;

/** A body as node:http gives it, or as it is unpacked. */
export class StreamBody implements Body {
  readonly #stream: Readable;
  #reader: BodyReader | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
  }

  read(reader: BodyReader): void {
    this.#reader = reader;
    this.#stream
      .setEncoding('utf8')
      .on('data', reader.text)
      .once('end', reader.end)
      .once('close', reader.end)
      .once('error', reader.fail);
  }

  leave(): void {
    this.#unread();
    const body = this.#stream;
    if (body.readableEnded || body.destroyed) return;
    const cut = setTimeout(() => body.destroy(), REST_MS).unref();
    body.once('close', () => clearTimeout(cut)).resume();
  }

  destroy(): void {
    this.#unread();
    this.#stream.destroy();
  }

  #unread(): void {
    const [stream, reader] = [this.#stream, this.#reader];
    stream.on('error', () => undefined);
    if (reader === undefined) return;
    this.#reader = undefined;
    stream.off('data', reader.text).off('end', reader.end).off('close', reader.end).off('error', reader.fail);
  }
}
