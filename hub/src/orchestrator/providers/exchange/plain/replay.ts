import { Duplex } from 'node:stream';
import type { Connection, ConnectionUser } from './connections.ts';

/**
 * A connection whose question is sent and whose answer has begun, for node:http to take up as if it were new: what it writes was
 * written before, and it reads all that came.
 */
export class Replay extends Duplex implements ConnectionUser {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  bytes(piece: Buffer, length: number): void {
    this.push(Buffer.from(piece.subarray(0, length)));
  }

  lost(cause: Error | undefined): void {
    if (cause === undefined) this.push(null);
    else this.destroy(cause);
  }

  override _read(): void {
    // What comes is pushed as it comes.
  }

  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }

  /** The answer was read. */
  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(cause: Error | null, done: (cause: Error | null) => void): void {
    this.#connection.socket.destroy();
    done(cause);
  }
}
