import { Notes, recordReader, type RecordFormat } from '@counterpart/kit/data';
import type { DataColumn, DataDialect, JsonObject, Omission } from '@counterpart/schemas';

/** One kind of rows that a source holds, as its first rows show it. */
export interface Part {
  /** What the rows are, such as `Workout`; tools are named after it. */
  readonly name: string;
  readonly dialect: DataDialect;
  readonly rows: readonly JsonObject[];
  /** Where the columns are the same for every source of the kind. */
  readonly columns?: readonly DataColumn[] | undefined;
}

/** What a source of records holds. */
export interface Parts {
  readonly format: RecordFormat;
  /** As a blueprint names it: `XML (channel/item)`. */
  readonly title: string;
  readonly parts: readonly Part[];
  readonly omitted: readonly Omission[];
}

/** Opens the source anew. */
export type Open = () => AsyncIterable<Uint8Array>;

/** Rows that columns are learnt from. */
export const MOST_SAMPLED = 5_000;

/** Something worth telling of a source. */
export const notice = (code: Omission['code'], subject: string, reason: string): Omission => ({
  code,
  severity: 'notice',
  subject,
  reason,
  source: { pointer: '#' },
});

/** The first records of a part; those of a format whose reader may be asked for a part that is not there. */
export async function firstRecords(
  format: RecordFormat,
  open: Open,
  dialect: DataDialect,
): Promise<JsonObject[]> {
  const read = await recordReader(format);
  const rows: JsonObject[] = [];
  for await (const records of read(open(), { dialect, notes: new Notes() })) {
    for (const { value } of records) rows.push({ ...value });
    if (rows.length >= MOST_SAMPLED) break;
  }
  return rows.slice(0, MOST_SAMPLED);
}
