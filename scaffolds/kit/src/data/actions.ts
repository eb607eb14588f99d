import type { DataColumn, DataSource, Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { isList } from '../json-value.ts';
import type { Arguments } from '../tools/tool.ts';
import { ColumnTally } from './column-tally.ts';
import { columnOf, comparerOf, filterOf, textOf } from './filter.ts';
import type { Row } from './rows.ts';

export type Rows = AsyncIterable<readonly Row[]>;
export type Answer = Record<string, Json>;

const USUAL_ROWS = 50;
/** Sorted rows are held until the last one was read; pages further down are reached by filters. */
const MOST_SORTED = 20_000;
const MOST_GROUPS = 20_000;
const USUAL_GROUPS = 50;

const whole = (value: Json | undefined, usual: number): number => (typeof value === 'number' ? value : usual);
const keysOf = (value: Json | undefined): string[] => (isList(value) ? value.map(textOf) : []);

function picker(source: DataSource, fields: Json | undefined): (row: Row) => Row {
  const keys = keysOf(fields);
  for (const key of keys) columnOf(source, key);
  if (keys.length === 0) return (row) => row;
  return (row) => Object.fromEntries(keys.map((key) => [key, row[key] ?? null]));
}

function offsetOf(cursor: Json | undefined): number {
  if (cursor === undefined) return 0;
  const offset = Number(cursor);
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new ToolFailure('cursor: give next_cursor of the answer before, or none.');
}

async function listInOrder(source: DataSource, rows: Rows, args: Arguments): Promise<Answer> {
  const [fits, pick] = [filterOf(source, args['filters']), picker(source, args['fields'])];
  const [offset, limit] = [offsetOf(args['cursor']), whole(args['limit'], USUAL_ROWS)];
  const found: Row[] = [];
  let index = 0;
  for await (const batch of rows) {
    for (const row of batch) {
      index += 1;
      if (index <= offset || !fits(row)) continue;
      if (found.length === limit) return { rows: found, next_cursor: String(index - 1) };
      found.push(pick(row));
    }
  }
  return { rows: found };
}

async function listSorted(source: DataSource, rows: Rows, args: Arguments): Promise<Answer> {
  const [fits, pick] = [filterOf(source, args['filters']), picker(source, args['fields'])];
  const [offset, limit] = [offsetOf(args['cursor']), whole(args['limit'], USUAL_ROWS)];
  const column = columnOf(source, args['sort_by']);
  const { key } = column;
  const compare = comparerOf(column);
  const sign = args['descending'] === true ? -1 : 1;
  const wanted = offset + limit;
  if (wanted > MOST_SORTED)
    throw new ToolFailure(
      `Only the first ${MOST_SORTED} sorted rows are reached; filter for the ones behind.`,
    );
  const order = (a: Row, b: Row): number => {
    const [left, right] = [a[key] ?? null, b[key] ?? null];
    // What has no value comes last in both directions.
    return compare(left, right) * (left === null || right === null ? 1 : sign);
  };
  let best: Row[] = [];
  let count = 0;
  for await (const batch of rows) {
    for (const row of batch) {
      if (!fits(row)) continue;
      count += 1;
      best.push(row);
    }
    if (best.length > wanted * 2 + 1_000) best = best.toSorted(order).slice(0, wanted);
  }
  const page = best.toSorted(order).slice(offset, wanted);
  return { rows: page.map(pick), ...(count > wanted ? { next_cursor: String(wanted) } : {}) };
}

/** The rows that fit, a page of them. */
export const list = (source: DataSource, rows: Rows, args: Arguments): Promise<Answer> =>
  args['sort_by'] === undefined ? listInOrder(source, rows, args) : listSorted(source, rows, args);

/** The first row with this value in the source's unique column; null where there is none. */
export async function get(source: DataSource, rows: Rows, args: Arguments): Promise<Answer> {
  const id = source.id ?? '';
  const fits = filterOf(source, [{ column: id, op: 'equal', value: args[id] ?? null }]);
  for await (const batch of rows) {
    const row = batch.find(fits);
    if (row !== undefined) return { row };
  }
  return { row: null };
}

/** How many rows fit. */
export async function count(source: DataSource, rows: Rows, args: Arguments): Promise<Answer> {
  const fits = filterOf(source, args['filters']);
  let found = 0;
  for await (const batch of rows) for (const row of batch) if (fits(row)) found += 1;
  return { count: found };
}

interface Tally {
  readonly group: Row;
  readonly columns: Map<string, ColumnTally>;
  rows: number;
}

function add(tally: Tally, row: Row, columns: readonly DataColumn[]): void {
  tally.rows += 1;
  for (const column of columns) {
    const value = row[column.key] ?? null;
    if (value === null) continue;
    const known = tally.columns.get(column.key) ?? new ColumnTally(column);
    tally.columns.set(column.key, known);
    known.add(value);
  }
}

function shown(tally: Tally, columns: readonly DataColumn[]): Row {
  const of = columns.map(({ key }): [string, Json] => [
    key,
    tally.columns.get(key)?.shown() ?? { min: null, max: null },
  ]);
  return {
    group: tally.group,
    count: tally.rows,
    ...(of.length === 0 ? {} : { of: Object.fromEntries(of) }),
  };
}

function opened(groups: Map<string, Tally>, name: string, by: readonly string[], row: Row): Tally {
  if (groups.size === MOST_GROUPS)
    throw new ToolFailure(`More than ${MOST_GROUPS} groups; group by a column with fewer values, or filter.`);
  const group = Object.fromEntries(by.map((key) => [key, row[key] ?? null]));
  const tally: Tally = { group, rows: 0, columns: new Map() };
  groups.set(name, tally);
  return tally;
}

/** Rows by groups, the largest first, each with how many and with sum, average, least and most of the columns asked for. */
export async function summarize(source: DataSource, rows: Rows, args: Arguments): Promise<Answer> {
  const fits = filterOf(source, args['filters']);
  const by = keysOf(args['group_by']).map((key) => columnOf(source, key).key);
  const columns = keysOf(args['columns']).map((key) => columnOf(source, key));
  const groups = new Map<string, Tally>();
  for await (const batch of rows) {
    for (const row of batch) {
      if (!fits(row)) continue;
      const name = by.length === 1 ? textOf(row[by[0] ?? '']) : JSON.stringify(by.map((key) => row[key]));
      const tally = groups.get(name) ?? opened(groups, name, by, row);
      add(tally, row, columns);
    }
  }
  const ordered = [...groups.values()].toSorted((a, b) => b.rows - a.rows);
  const limit = whole(args['limit'], USUAL_GROUPS);
  return { groups: ordered.slice(0, limit).map((tally) => shown(tally, columns)), group_count: groups.size };
}

/** What is known of the source and its columns. */
export function describe({ name, format, location, dialect, columns, sampled, id }: DataSource): Answer {
  return {
    name,
    format,
    ...(location === undefined ? {} : { location }),
    encoding: dialect.encoding,
    ...(id === undefined ? {} : { id }),
    learnt_from_rows: sampled,
    columns: columns.map(({ key, name: written, type, format: form, nullable, seen }) => ({
      key,
      name: written,
      type,
      ...(form === undefined ? {} : { format: form }),
      nullable,
      ...(seen === undefined ? {} : { seen }),
    })),
  };
}
