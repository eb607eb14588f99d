import { hubError, type DataSource, type JsonObject, type Omission } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';

/** A table wider than this makes tools that no model can read. */
export const MOST_COLUMNS = 200;

/** Rows that have no place to be read from again, as JSON. */
const MOST_INLINE = 512 * 1024;

/** What a source of rows holds: one kind of rows, or several. */
export interface Found {
  readonly sources: readonly DataSource[];
  /** As a blueprint names it. */
  readonly format: string;
  readonly omitted: readonly Omission[];
}

/** Where rows are read from again; the rows themselves where that is nowhere, or where `why` forbids it. */
export function placeOf(
  { location, address }: SourceText,
  rows: readonly JsonObject[],
  why: string | undefined,
): Partial<DataSource> {
  if (address !== undefined && why === undefined) return { location: address };
  if (JSON.stringify(rows).length <= MOST_INLINE) return { rows: [...rows] };
  const detail = `${why ?? 'standard input cannot be read again'}, and it holds more than ${MOST_INLINE / 1024} KiB of rows; give it as a CSV, JSON or NDJSON file`;
  throw hubError('DATA_UNREADABLE', { source: location, detail });
}
