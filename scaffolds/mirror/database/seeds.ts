import type { DatabaseColumn, DatabaseFacet, DatabaseTable, Json } from '@counterpart/schemas';
import { createRandom, type Random } from '../sample/random.ts';
import { dateTime, namedText, usualRange, uuid, word } from '../sample/vocabulary.ts';
import { boundsOf, comparisonsOf } from './checks.ts';

export type SeedRow = Readonly<Record<string, Json>>;

/** Rows of every table, by its key; foreign keys lead to rows that are there. */
export interface Seeds {
  rows(table: string): readonly SeedRow[];
  /** A row that could be added: its identity is new, its foreign keys lead to rows. */
  fresh(table: string): SeedRow;
}

export interface SeedOptions {
  readonly seed: number;
  readonly rows: number;
}

const digits = (random: Random): string => String(random.int(0, 99)).padStart(2, '0');

function text({ key, maxLength = 200 }: DatabaseColumn, random: Random): string {
  return (namedText(key, random) ?? word(random)).slice(0, maxLength);
}

type Maker = (column: DatabaseColumn, random: Random) => Json;

function number({ key }: DatabaseColumn, random: Random): number {
  const [least, most] = usualRange(key) ?? [1, 100];
  return random.int(least, most);
}

const MAKERS: Readonly<Record<DatabaseColumn['kind'], Maker>> = {
  integer: number,
  bigint: (column, random) => String(number(column, random)),
  decimal: (column, random) => `${number(column, random)}.${digits(random)}`,
  float: (column, random) => number(column, random) + random.int(0, 99) / 100,
  boolean: (_, random) => random.int(0, 1) === 1,
  date: (_, random) => dateTime(random).slice(0, 10),
  time: (_, random) => dateTime(random).slice(11, 19),
  timestamp: ({ type }, random) =>
    /with time zone/i.test(type) ? dateTime(random) : dateTime(random).replace('Z', ''),
  uuid: (_, random) => uuid(random),
  json: (_, random) => ({ note: word(random) }),
  binary: (_, random) => Buffer.from(word(random)).toString('base64'),
  array: (column, random) =>
    [1, 2].map(() => plainValue({ ...column, kind: column.items ?? 'text' }, random)),
  text,
  other: text,
};

const plainValue: Maker = (column, random) => MAKERS[column.kind](column, random);

/** A value that no other row has. */
function ownValue(column: DatabaseColumn, index: number, random: Random): Json {
  const { kind, maxLength = 200 } = column;
  const place = index + 1;
  if (kind === 'integer' || kind === 'float') return place;
  if (kind === 'bigint' || kind === 'decimal') return String(place);
  if (kind !== 'text' && kind !== 'other') return plainValue(column, random);
  const suffix = `-${place}`;
  return `${text(column, random).slice(0, Math.max(maxLength - suffix.length, 0))}${suffix}`.slice(
    -maxLength,
  );
}

/** A whole number that the checks of its table take. */
function heldValue(table: DatabaseTable, column: DatabaseColumn, random: Random): Json {
  const [least, most] = boundsOf(table, column.key, usualRange(column.key) ?? [1, 100]);
  const value = random.int(least, most);
  return column.kind === 'bigint' || column.kind === 'decimal' ? String(value) : value;
}

function baseRow(table: DatabaseTable, index: number, seed: number): Record<string, Json> {
  const unique = new Set([...table.identity, ...(table.unique ?? []).flat()]);
  return Object.fromEntries(
    table.columns.map((column): [string, Json] => {
      const random = createRandom(`${seed}.${table.key}.${index}.${column.key}`);
      const { values } = column;
      if (values !== undefined && values.length > 0)
        return [column.key, values[index % values.length] ?? null];
      if (unique.has(column.key)) return [column.key, ownValue(column, index, random)];
      const isHeld = comparisonsOf(table).some((one) => one.column.key === column.key);
      return [column.key, isHeld ? heldValue(table, column, random) : plainValue(column, random)];
    }),
  );
}

/** Plausible rows for every table; equal seeds give equal rows. The last row of a table is one that no other refers to. */
export function createSeeds({ tables }: DatabaseFacet, { seed, rows: count }: SeedOptions): Seeds {
  const made = new Map<string, Record<string, Json>[]>();
  const byKey = new Map(tables.map((table) => [table.key, table]));
  const arrowsOf = (table: DatabaseTable) => (table.relations ?? []).filter(({ kind }) => kind === 'one');

  /** A row that is told apart by the rows it refers to: there is one fewer of them than of those. */
  const isTold = (table: DatabaseTable): boolean =>
    table.identity.length > 0 &&
    table.identity.every((key) => arrowsOf(table).some(({ columns }) => columns.includes(key)));

  function point(table: DatabaseTable, row: Record<string, Json>, index: number): void {
    for (const relation of arrowsOf(table)) {
      const target = rowsOf(relation.table);
      const known = isTold(table) ? target : target.slice(0, Math.max(target.length - 1, 1));
      const other = known[index % Math.max(known.length, 1)];
      for (const [at, key] of relation.columns.entries())
        row[key] = other?.[relation.references[at] ?? ''] ?? null;
    }
  }

  function rowsOf(key: string): Record<string, Json>[] {
    const known = made.get(key);
    const table = byKey.get(key);
    if (known !== undefined || table === undefined) return known ?? [];
    const number = isTold(table) ? Math.max(count - 1, 1) : count;
    const rows = Array.from({ length: number }, (_, index) => baseRow(table, index, seed));
    // Kept before foreign keys are followed, so that tables that refer to each other end.
    made.set(key, rows);
    for (const [index, row] of rows.entries()) point(table, row, index);
    return rows;
  }

  return {
    rows: rowsOf,
    fresh(key) {
      const table = byKey.get(key);
      if (table === undefined) return {};
      const index = rowsOf(key).length;
      const row = baseRow(table, Math.max(index, count), seed);
      point(table, row, index);
      return row;
    },
  };
}
