import type { Json } from '@counterpart/schemas';
import type { BoundValue, RawValue, Session } from '@counterpart/kit/database';

/** The largest databases have some ten thousand tables. */
const LIMITS = { timeoutMs: 60_000, mostRows: 500_000, mostBytes: 256 * 1024 * 1024 };

export type Cell = string | null;
export type Ask = (text: string, params?: readonly BoundValue[]) => Promise<readonly (readonly Cell[])[]>;

const asText = (value: RawValue): Cell => {
  if (value === null) return null;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
};

/** Questions to the catalog; every value comes as text. */
export const askOf =
  (session: Session): Ask =>
  async (text, params = []) => {
    const { rows } = await session.run({ text, params }, LIMITS);
    return rows.map((row) => row.map(asText));
  };

/** Rows by their first cell. */
export function grouped(
  rows: readonly (readonly Cell[])[],
): ReadonlyMap<string, readonly (readonly Cell[])[]> {
  const groups = new Map<string, (readonly Cell[])[]>();
  for (const row of rows) {
    const key = row[0] ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Texts in a JSON list that the database wrote. */
export function textsIn(text: Cell | undefined): string[] {
  const value = text === null || text === undefined ? [] : (JSON.parse(text) as Json); // parsing makes nothing but JSON
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const NOW = /^\(?(?:now\(\)|current_timestamp(?:\(\d*\))?|localtimestamp(?:\(\d*\))?)\)?$/i;
const TEXT = /^'((?:[^']|'')*)'(?:::[\w ."[\](),]+)?$/;
/** One bit of MariaDB is a plain number to everybody else. */
const BIT = /^b'([01])'$/;
const PLAIN = /^\(?(-?\d+(?:\.\d+)?|true|false)\)?(?:::[\w ."]+)?$/i;

/** What stands behind DEFAULT: a constant, the moment of the write, or something that only the database can work out. */
export function defaultOf(expression: Cell | undefined): {
  readonly default?: string;
  readonly defaultNow?: boolean;
} {
  const text = (expression ?? '').trim();
  if (NOW.test(text)) return { defaultNow: true };
  const constant =
    TEXT.exec(text)?.[1]?.replaceAll("''", "'") ?? BIT.exec(text)?.[1] ?? PLAIN.exec(text)?.[1];
  return constant === undefined ? {} : { default: constant };
}

/** A comment, unless it is none. */
export const commentOf = (text: Cell | undefined): { readonly comment?: string } =>
  text === null || text === undefined || text.trim() === '' ? {} : { comment: text };
