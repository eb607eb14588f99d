import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { openBytes } from '@counterpart/kit/data';
import { hubError } from '@counterpart/schemas';
import { addressOf, displayName, type SourceText } from '../source.ts';
import { encodingOf } from './dialect.ts';
import { extensionOf, isRowsName } from './fits.ts';

/** How much of a source is looked at. */
const HEAD_BYTES = 4 * 1024 * 1024;
/** JSON up to here is read as any description is. */
const HELD_WHOLE = 32 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

async function isLargeJson(location: string): Promise<boolean> {
  if (extensionOf(location) !== '.json' || /^https?:/i.test(location)) return false;
  const facts = await stat(location).catch(() => undefined);
  return facts !== undefined && facts.isFile() && facts.size > HELD_WHOLE;
}

/**
 * A file or URL of rows as a source of which only the beginning is held; undefined for everything else. Rejects with
 * SOURCE_UNREADABLE.
 */
export async function openData(location: string, signal?: AbortSignal): Promise<SourceText | undefined> {
  const isLarge = await isLargeJson(location);
  if (!isLarge && !isRowsName(location)) return undefined;
  const hash = createHash('sha256');
  const pieces: Uint8Array[] = [];
  let held = 0;
  try {
    for await (const chunk of openBytes(location, { signal, setting: '--from', timeoutMs: TIMEOUT_MS })) {
      hash.update(chunk);
      if (held < HEAD_BYTES) pieces.push(chunk);
      held += chunk.length;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const detail = error instanceof Error ? error.message : String(error);
    throw hubError(
      'SOURCE_UNREADABLE',
      { source: displayName(location), detail: detail.replace(/^Cannot read .*?: /, '').replace(/\.$/, '') },
      { cause: error },
    );
  }
  const all = Buffer.concat(pieces);
  const head = all.subarray(0, HEAD_BYTES);
  const text = new TextDecoder(encodingOf(head)).decode(head);
  if (isLarge && !/^[\s\uFEFF]*\[/.test(text)) return undefined;
  return {
    text: held > HEAD_BYTES ? text.slice(0, text.lastIndexOf('\n') + 1 || text.length) : text,
    location: displayName(location),
    sha256: `sha256-${hash.digest('hex')}`,
    head,
    ...addressOf(location),
  };
}
