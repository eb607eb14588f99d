import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { Notes, openBytes, throughGzip } from '@counterpart/kit/data';
import { hubError } from '@counterpart/schemas';
import { classify, LOOKED_AT } from '../detect/classify.ts';
import { addressOf, displayName, type SourceText } from '../source.ts';
import { encodingOf } from './dialect.ts';
import { extensionOf, isRowsName } from './fits.ts';
import { isRecords } from './record-formats.ts';

/** How much of a source is looked at. */
const HEAD_BYTES = 4 * 1024 * 1024;
/** JSON up to here is read as any description is. */
const HELD_WHOLE = 32 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** Names of URLs that lead to records; what a URL without such a name leads to is seen when it was read. */
const RECORDS = /^\.(?:xml|rss|atom|ics|ical|ofx|qfx|qif)$/;

const isUrl = (location: string): boolean => /^https?:/i.test(location);
const isPacked = (head: Uint8Array): boolean => classify(head).format === 'gzip';

/** The first bytes of a local file; undefined for what is no file. */
async function headOf(location: string): Promise<{ head: Uint8Array; size: number } | undefined> {
  if (location === '-' || isUrl(location)) return undefined;
  const facts = await stat(location).catch(() => undefined);
  if (facts?.isFile() !== true) return undefined;
  const file = await open(location).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    return { head: buffer.subarray(0, bytesRead), size: facts.size };
  } finally {
    await file.close();
  }
}

type Kind = 'rows' | 'records' | 'packed' | 'large-json';

/** Which kind of source a location may lead to that is read piece by piece; undefined for none. */
async function kindOf(location: string): Promise<Kind | undefined> {
  if (isRowsName(location)) return 'rows';
  if (isUrl(location)) return RECORDS.test(extensionOf(location)) ? 'records' : undefined;
  const local = await headOf(location);
  if (local === undefined) return undefined;
  if (isPacked(local.head)) return 'packed';
  if (isRecords(classify(local.head, location))) return 'records';
  return extensionOf(location) === '.json' && local.size > HELD_WHOLE ? 'large-json' : undefined;
}

interface Beginning {
  readonly head: Uint8Array;
  readonly size: number;
  readonly sha256: string;
}

/** Reads a source through for its hash and keeps its beginning, unpacked where it is gzip. */
async function beginningOf(chunks: AsyncIterable<Uint8Array>): Promise<Beginning> {
  const hash = createHash('sha256');
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of throughGzip(chunks, new Notes())) {
    hash.update(chunk);
    if (size < HEAD_BYTES) pieces.push(chunk);
    size += chunk.length;
  }
  return {
    head: Buffer.concat(pieces).subarray(0, HEAD_BYTES),
    size,
    sha256: `sha256-${hash.digest('hex')}`,
  };
}

/** Whether a source of this kind turns out to hold rows, or is left to be read as a description. */
function holdsRows(kind: Kind, { head, size }: Beginning, location: string): boolean {
  if (kind === 'rows') return true;
  const found = classify(head, location.replace(/\.gz$/i, ''));
  if (kind === 'large-json' || (found.format === 'json' && size > HELD_WHOLE))
    return /^[\s\uFEFF]*\[/.test(new TextDecoder(encodingOf(head)).decode(head.subarray(0, LOOKED_AT)));
  return isRecords(found) || ['csv', 'tsv', 'ndjson'].includes(found.format);
}

/**
 * A file or URL of rows as a source of which only the beginning is held; undefined for everything else. Rejects with
 * SOURCE_UNREADABLE.
 */
export async function openData(location: string, signal?: AbortSignal): Promise<SourceText | undefined> {
  const kind = await kindOf(location);
  if (kind === undefined) return undefined;
  const chunks = (): AsyncIterable<Uint8Array> =>
    openBytes(location, { signal, setting: '--from', timeoutMs: TIMEOUT_MS });
  const beginning = await beginningOf(chunks()).catch((error: unknown) => {
    signal?.throwIfAborted();
    const detail = error instanceof Error ? error.message : String(error);
    throw hubError(
      'SOURCE_UNREADABLE',
      { source: displayName(location), detail: detail.replace(/^Cannot read .*?: /, '').replace(/\.$/, '') },
      { cause: error },
    );
  });
  if (!holdsRows(kind, beginning, location)) return undefined;
  const { head, size, sha256 } = beginning;
  const text = new TextDecoder(encodingOf(head)).decode(head);
  return {
    text: size > HEAD_BYTES ? text.slice(0, text.lastIndexOf('\n') + 1 || text.length) : text,
    location: displayName(location).replace(/\.gz$/i, ''),
    sha256,
    head,
    chunks,
    ...addressOf(location),
  };
}
