import type { Readable } from 'node:stream';
import type { ChildOutput, OutputTaker } from '../../../kernel/ports.ts';
import { pour } from './pour.ts';

/** Output that comes through a stream of Node. */
export class PipedOutput implements ChildOutput {
  readonly #stream: Readable;

  constructor(stream: Readable) {
    this.#stream = stream;
  }

  readInto(taker: OutputTaker): void {
    this.#stream.on('data', (chunk: Buffer) => pour(chunk, taker));
    this.#stream.once('end', () => taker.ended());
    this.#stream.on('error', () => undefined);
  }
}
