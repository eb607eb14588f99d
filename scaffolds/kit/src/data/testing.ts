import type { DataDialect, Json } from '@counterpart/schemas';
import { recordReader, type RecordFormat } from './formats/load.ts';
import type { Window } from './formats/record.ts';
import { Notes } from './notes.ts';

/** Bytes in pieces of a size, for tests of what reads piece by piece. */
export async function* inPieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Asked {
  readonly format: RecordFormat;
  readonly text: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly dialect?: Partial<DataDialect>;
  readonly window?: Window;
  readonly size?: number;
}

/** Records of a text with the notes on them, for tests. */
export async function recordsOf(asked: Asked): Promise<{ rows: Json[]; notes: string[] }> {
  const { format, text, dialect = {}, window, size = 7 } = asked;
  const notes = new Notes();
  const read = await recordReader(format);
  const bytes = typeof text === 'string' || text instanceof Uint8Array ? inPieces(text, size) : text;
  const rows: Json[] = [];
  for await (const records of read(bytes, { dialect: { encoding: 'utf-8', ...dialect }, notes, window }))
    rows.push(...records.map(({ value }) => value));
  return { rows, notes: notes.list() };
}
