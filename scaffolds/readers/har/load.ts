import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SourceText } from '../source.ts';
import { isHar } from './fits.ts';

/** Recordings larger than this are read as they come and never held whole, in bytes. */
const HELD_WHOLE = 32 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

/**
 * A large recording as a source that is read piece by piece; its `text` is its beginning only. Undefined for everything
 * else, what is no local file included.
 */
export async function openRecording(path: string, signal?: AbortSignal): Promise<SourceText | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isFile() || facts.size <= HELD_WHOLE) return undefined;
  const text = await headOf(path);
  if (!isHar(text)) return undefined;
  const chunks = (): AsyncIterable<Uint8Array> =>
    createReadStream(path, signal === undefined ? {} : { signal });
  const hash = createHash('sha256');
  for await (const chunk of chunks()) hash.update(chunk);
  return { text, location: basename(path), sha256: `sha256-${hash.digest('hex')}`, chunks };
}

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
