import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* unpack(packed: AsyncIterable<Uint8Array>, notes: Notes): AsyncGenerator<Uint8Array> {
  const { createGunzip } = await import('node:zlib');
  const { Readable } = await import('node:stream');
  const source = Readable.from(packed);
  const unzip = createGunzip();
  source.once('error', (error) => unzip.destroy(error));
  source.pipe(unzip);
  try {
    for await (const chunk of unzip) yield chunk as Uint8Array; // without an encoding a stream gives buffers
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'Z_BUF_ERROR') notes.add('The gzip data ends early; what stands before was read', 1);
    else if (typeof code === 'string' && code.startsWith('Z_'))
      throw new ToolFailure('Its gzip data is damaged.');
    else throw error;
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

/** Bytes as they are, or unpacked where they begin as gzip does; piece by piece in both cases. Throws ToolFailure. */
export async function* throughGzip(
  bytes: AsyncIterable<Uint8Array>,
  notes: Notes,
): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done === true) return;
    const whole = joined(first.value, iterator);
    yield* isGzip(first.value) ? unpack(whole, notes) : whole;
  } finally {
    await iterator.return?.();
  }
}
