import { ProtoProblem } from './wire-format.ts';

const HEAD_BYTES = 5;

/** A message as it stands in a stream: not compressed, with its length before it (gRPC over HTTP/2). */
export function toFrame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
}

/** Undoes a compression, into no more than so many bytes. */
export type Inflate = (bytes: Uint8Array, mostBytes: number) => Buffer;

/** Compressions that are understood, as a list for `grpc-accept-encoding`. */
export const ENCODINGS = 'identity,deflate,gzip';

/** What undoes a `grpc-encoding`; undefined for none, and for one that is not understood. */
export async function inflateOf(encoding: string | undefined): Promise<Inflate | undefined> {
  if (encoding !== 'gzip' && encoding !== 'deflate') return undefined;
  const { gunzipSync, inflateSync } = await import('node:zlib');
  const inflate = encoding === 'gzip' ? gunzipSync : inflateSync;
  return (bytes, maxOutputLength) => {
    try {
      return inflate(bytes, { maxOutputLength });
    } catch (error) {
      const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      throw new ProtoProblem(
        isLarge ? `a message has more than ${maxOutputLength} bytes` : `a message is no ${encoding} data`,
      );
    }
  };
}

/** Takes messages out of the bytes of a stream as they come. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes without which nothing is whole. */
  #wanted = HEAD_BYTES;
  readonly #mostBytes: number;
  readonly #inflate: Inflate | undefined;

  constructor(mostBytes: number, inflate?: Inflate) {
    this.#mostBytes = mostBytes;
    this.#inflate = inflate;
  }

  /** The messages that are whole now. Throws ProtoProblem for one that is too large or cannot be read. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // A large message comes in many pieces, which are joined once.
    if (this.#size < this.#wanted) return [];
    let pending = Buffer.concat(this.#chunks);
    const messages: Buffer[] = [];
    this.#wanted = this.#wantedOf(pending);
    while (pending.length >= this.#wanted) {
      messages.push(this.#plain(pending[0] ?? 0, pending.subarray(HEAD_BYTES, this.#wanted)));
      pending = pending.subarray(this.#wanted);
      this.#wanted = this.#wantedOf(pending);
    }
    this.#chunks = [pending];
    this.#size = pending.length;
    return messages;
  }

  /** Throws ProtoProblem when the stream has ended inside a message. */
  end(): void {
    if (this.#size > 0) throw new ProtoProblem('the stream ends inside a message');
  }

  /** Bytes of the first message with its head, as far as that is known. */
  #wantedOf(pending: Buffer): number {
    if (pending.length < HEAD_BYTES) return HEAD_BYTES;
    const size = pending.readUInt32BE(1);
    if (size > this.#mostBytes)
      throw new ProtoProblem(`a message has ${size} bytes, and ${this.#mostBytes} are the most`);
    return HEAD_BYTES + size;
  }

  #plain(flag: number, body: Buffer): Buffer {
    if (flag === 0) return body;
    if (flag !== 1) throw new ProtoProblem('the stream does not consist of messages');
    if (this.#inflate === undefined)
      throw new ProtoProblem('a message is compressed in a way that was not offered');
    return this.#inflate(body, this.#mostBytes);
  }
}
