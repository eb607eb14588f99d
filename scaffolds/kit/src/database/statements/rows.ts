import type { DatabaseColumn, DatabaseEngine, DatabaseKind, DatabaseTable, Json } from '@counterpart/schemas';
import { isList } from '../../json-value.ts';
import type { Arguments } from '../../tools/tool.ts';
import type { RawValue, Statement } from '../driver.ts';
import { badRequest } from '../failure.ts';
import { toJson } from '../values.ts';
import { bindValue } from './bind.ts';
import { StatementBuilder } from './builder.ts';
import { afterCondition, orderName, orderText, readCursor, type Cursor, type OrderBy } from './cursor.ts';
import { hasLeast } from './dialect.ts';
import { conditionsOf, whereText } from './filters.ts';

/** Rows of a page unless the caller says, and at most. */
export const USUAL_ROWS = 50;
export const MOST_ROWS = 1_000;

/** A statement whose answer has these columns, in this order. */
export interface RowsStatement {
  readonly statement: Statement;
  readonly columns: readonly DatabaseColumn[];
}

export interface Page extends RowsStatement {
  /** Columns that the caller asked for; the others are there for the cursor. */
  readonly wanted: readonly DatabaseColumn[];
  readonly order: readonly OrderBy[];
  readonly limit: number;
  readonly cursor: Cursor | undefined;
}

const keysIn = (value: Json | undefined): string[] =>
  isList(value) ? value.filter((key) => typeof key === 'string') : [];

/** A whole number among the arguments, within bounds. */
export function wholeOf(value: Json | undefined, usual: number, most: number): number {
  const given = typeof value === 'number' ? value : Number(value ?? usual);
  return Number.isInteger(given) && given >= 1 ? Math.min(given, most) : usual;
}

const selected = (builder: StatementBuilder, columns: readonly DatabaseColumn[]): string =>
  columns.map((column) => builder.dialect.shown(column)).join(', ');

/** The order that was asked for, and after it what tells rows apart. */
function orderOf(builder: StatementBuilder, args: Arguments): OrderBy[] {
  const descending = args['descending'] === true;
  const sortBy = args['sort_by'];
  const first = typeof sortBy === 'string' ? [builder.column(sortBy)] : [];
  const identity = builder.table.identity.map((key) => builder.column(key));
  return [...new Set([...first, ...identity])].map((column) => ({ column, descending }));
}

/** One page of a table. Throws DatabaseFailure. */
export function pageStatement(engine: DatabaseEngine, table: DatabaseTable, args: Arguments): Page {
  const builder = new StatementBuilder(engine, table);
  const chosen = keysIn(args['fields']).map((key) => builder.column(key));
  const wanted = chosen.length === 0 ? table.columns : chosen;
  const order = orderOf(builder, args);
  const limit = wholeOf(args['limit'], USUAL_ROWS, MOST_ROWS);
  const given = args['cursor'];
  const cursor = typeof given === 'string' && given !== '' ? readCursor(given, order) : undefined;
  const conditions = conditionsOf(builder, args['filters']);
  if (cursor?.values !== undefined) conditions.push(afterCondition(builder, order, cursor.values));
  const columns = [...new Set([...wanted, ...order.map(({ column }) => column)])];
  const isCounted = cursor !== undefined && cursor.values === undefined;
  const offset = isCounted ? ` OFFSET ${cursor.passed}` : '';
  return {
    statement: builder.statement(
      `SELECT ${selected(builder, columns)} FROM ${builder.dialect.table(table)}${whereText(conditions)}${orderText(builder, order)} LIMIT ${limit + 1}${offset}`,
    ),
    columns,
    wanted,
    order,
    limit,
    cursor,
  };
}

/** Kinds whose JSON, bound again, is not the value that the database sorts by. */
const CHANGED = new Set<DatabaseKind>(['json', 'array', 'other']);

const isNumber = (value: RawValue): boolean => typeof value === 'number' || typeof value === 'bigint';

/** True where a page can go on behind this value; a column of SQLite may hold anything, whatever it was declared as. */
function isExact(engine: DatabaseEngine, column: DatabaseColumn, raw: RawValue): boolean {
  if (raw === null) return column.nullable;
  if (engine !== 'sqlite') return !CHANGED.has(column.kind);
  try {
    const bound = bindValue(engine, column, toJson(raw, column));
    return bound === raw || (isNumber(bound) && isNumber(raw) && String(bound) === String(raw));
  } catch {
    return false;
  }
}

/**
 * Where the next page begins: behind the last row where its values tell where it stands, else after so many rows. `last`
 * holds the values of that row in the columns of the page.
 */
export function nextCursor(
  { engine, table }: { readonly engine: DatabaseEngine; readonly table: DatabaseTable },
  page: Page,
  last: readonly RawValue[],
): Cursor {
  const order = orderName(page.order);
  const passed = (page.cursor?.passed ?? 0) + page.limit;
  const keys = page.order.map(({ column }) => column);
  const raws = keys.map((column) => last[page.columns.indexOf(column)] ?? null);
  const isUnique =
    table.identity.length > 0 &&
    table.identity.every((key) => keys.some((one) => one.key === key && !one.nullable));
  const isTold = isUnique && keys.every((column, index) => isExact(engine, column, raws[index] ?? null));
  const values = keys.map((column, index) => toJson(raws[index] ?? null, column));
  return isTold ? { order, passed, values } : { order, passed };
}

/** Rows whose columns have these values. Throws DatabaseFailure. */
export function matchingStatement(
  engine: DatabaseEngine,
  table: DatabaseTable,
  values: readonly (readonly [key: string, value: Json])[],
  limit: number,
): RowsStatement {
  const builder = new StatementBuilder(engine, table);
  const conditions = values.map(([key, value]) => {
    const column = builder.column(key);
    return `${builder.dialect.quote(column)} = ${builder.value(column, value)}`;
  });
  const order = table.identity.map((key) => ({ column: builder.column(key), descending: false }));
  return {
    statement: builder.statement(
      `SELECT ${selected(builder, table.columns)} FROM ${builder.dialect.table(table)}${whereText(conditions)}${orderText(builder, order)} LIMIT ${limit}`,
    ),
    columns: table.columns,
  };
}

/** Values of the columns that tell rows apart, out of a call's arguments. Throws DatabaseFailure. */
export const identityOf = (table: DatabaseTable, args: Arguments): [string, Json][] =>
  table.identity.map((key) => {
    const value = args[key];
    if (value === undefined || value === null) throw badRequest(`${key} is missing.`);
    return [key, value];
  });

/** What one column of a summary is. */
export interface SummaryColumn {
  readonly does: 'group' | 'count' | 'sum' | 'avg' | 'min' | 'max';
  readonly column: DatabaseColumn | undefined;
  readonly kind: DatabaseKind;
  readonly items?: DatabaseKind | undefined;
}

const NUMBERS = new Set<DatabaseKind>(['integer', 'bigint', 'decimal', 'float']);

function measuresOf(column: DatabaseColumn): SummaryColumn[] {
  const { kind, items } = column;
  const bounds = hasLeast(column) ? { kind, items } : { kind: 'text' as const };
  return [
    ...(NUMBERS.has(kind)
      ? ([
          { does: 'sum', column, kind: kind === 'bigint' ? 'decimal' : kind },
          { does: 'avg', column, kind: kind === 'float' ? 'float' : 'decimal' },
        ] as const)
      : []),
    { does: 'min', column, ...bounds },
    { does: 'max', column, ...bounds },
  ];
}

function measureText(builder: StatementBuilder, { does, column }: SummaryColumn): string {
  if (column === undefined) return 'COUNT(*)';
  const { dialect } = builder;
  if (does === 'group') return dialect.ordered(column);
  const subject = hasLeast(column) ? dialect.ordered(column) : dialect.text(column);
  return `${does.toUpperCase()}(${subject})`;
}

/** Groups of rows with their counts, the largest first. Throws DatabaseFailure. */
export function summaryStatement(
  engine: DatabaseEngine,
  table: DatabaseTable,
  args: Arguments,
): { readonly statement: Statement; readonly columns: readonly SummaryColumn[]; readonly limit: number } {
  const builder = new StatementBuilder(engine, table);
  const groups = keysIn(args['group_by']).map((key): SummaryColumn => {
    const column = builder.column(key);
    return { does: 'group', column, kind: column.kind, items: column.items };
  });
  const measures = keysIn(args['columns']).flatMap((key) => measuresOf(builder.column(key)));
  const columns = [...groups, { does: 'count', column: undefined, kind: 'integer' } as const, ...measures];
  const limit = wholeOf(args['limit'], USUAL_ROWS, MOST_ROWS);
  const texts = columns.map((column) => measureText(builder, column));
  const where = whereText(conditionsOf(builder, args['filters']));
  const places = groups.map((_, index) => index + 1).join(', ');
  // Numbers stand for columns of the answer, so that equal counts have one order too.
  const by =
    groups.length === 0
      ? ''
      : ` GROUP BY ${texts.slice(0, groups.length).join(', ')} ORDER BY ${groups.length + 1} DESC, ${places}`;
  return {
    statement: builder.statement(
      `SELECT ${texts.join(', ')} FROM ${builder.dialect.table(table)}${where}${by} LIMIT ${limit + 1}`,
    ),
    columns,
    limit,
  };
}
