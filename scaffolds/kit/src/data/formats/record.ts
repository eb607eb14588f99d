import type { DataDialect } from '@counterpart/schemas';
import type { Members } from '../../json-value.ts';
import type { Notes } from '../notes.ts';

/** A record as its format gives it, by the names as they are written, and the 1-based line it begins on. */
export interface DataRecord {
  readonly value: Members;
  readonly line: number;
}

export type Records = AsyncGenerator<readonly DataRecord[]>;

/** Times between which recurring events are asked for, in milliseconds since 1970 of UTC. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface RecordsOptions {
  readonly dialect: DataDialect;
  readonly notes: Notes;
  readonly window?: Window | undefined;
}

/** Reads the records of one format piece by piece; memory is bounded by the largest record. Throws ToolFailure. */
export type RecordReader = (bytes: AsyncIterable<Uint8Array>, options: RecordsOptions) => Records;

/** A record larger than this, in characters, is no record. */
export const LARGEST_RECORD = 16 * 1024 * 1024;
