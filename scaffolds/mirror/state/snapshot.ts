import { hubError, JsonValue } from '@counterpart/schemas';
import { z } from 'zod';

/** Values of the path above a row, by the name of the place they stand at, such as `owners` → `7`. */
export const Scope = z.record(z.string(), z.string());
export type Scope = Readonly<Record<string, string>>;

const rowFields = {
  id: z.string(),
  scope: Scope,
  /** What the service knows of the thing, as its canonical answer shows it. */
  value: z.record(z.string(), JsonValue),
  /** `seed` was made up by the mirror and can be made up again; `created` came from a caller. */
  origin: z.enum(['seed', 'created']),
  /** 1 when made, one more with every change: what ETags are made of. */
  version: z.int().min(1),
  /** Milliseconds since 1970 on the mirror's own clock. */
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
};

/** One thing a mirror keeps. */
export const StoredRow = z.strictObject(rowFields).readonly();
export type StoredRow = z.infer<typeof StoredRow>;

const CollectionSnapshot = z.strictObject({
  rows: z.array(StoredRow),
  /** Rows that were removed, so that they are not made up again. */
  removed: z.array(z.strictObject({ id: z.string(), scope: Scope })),
  /** Scopes whose made-up rows exist already. */
  seeded: z.array(z.string()),
  /** How many identifiers were handed out. */
  issued: z.int().min(0),
});

/** Everything a mirror keeps, as plain JSON: what is written to disk, exported and put back. */
export const StateSnapshot = z.strictObject({
  state: z.literal(1),
  clockMs: z.number(),
  collections: z.record(z.string(), CollectionSnapshot),
});
export type StateSnapshot = z.infer<typeof StateSnapshot>;

/** Reads a snapshot from untrusted JSON; throws STATE_INVALID that says what is wrong. */
export function parseSnapshot(value: unknown, source: string): StateSnapshot {
  const parsed = StateSnapshot.safeParse(value);
  if (!parsed.success) throw hubError('STATE_INVALID', { source, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
