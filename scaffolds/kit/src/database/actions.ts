import type { DatabaseFacet, DatabaseRelation, DatabaseTable, Json } from '@counterpart/schemas';
import { isList } from '../json-value.ts';
import type { Arguments } from '../tools/tool.ts';
import { MOST_ANSWER_BYTES, type Database } from './connect.ts';
import type { ResultRows, RunLimits, Session } from './driver.ts';
import { badRequest, DatabaseFailure } from './failure.ts';
import { deleteStatement, insertStatement, updateStatement, writtenValues } from './statements/changes.ts';
import { writeCursor } from './statements/cursor.ts';
import {
  identityOf,
  matchingStatement,
  MOST_ROWS,
  nextCursor,
  pageStatement,
  summaryStatement,
  wholeOf,
  type RowsStatement,
  type SummaryColumn,
} from './statements/rows.ts';
import { readStatement } from './statements/select-text.ts';
import { tableOf } from './tables.ts';
import { toJson } from './values.ts';

/** What a call has at hand. */
export interface Acting {
  readonly facet: DatabaseFacet;
  readonly database: Database;
  readonly signal: AbortSignal;
}

type Row = Readonly<Record<string, Json>>;

/** Rows of a related table that come along. */
const MOST_RELATED = 50;

const limitsOf = ({ timeoutMs }: Database, mostRows: number): RunLimits => ({
  timeoutMs,
  mostRows,
  mostBytes: MOST_ANSWER_BYTES,
});

const keyed = ({ rows }: ResultRows, { columns }: Pick<RowsStatement, 'columns'>): Row[] =>
  rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column.key, toJson(row[index] ?? null, column)])),
  );

/** A page of rows that fit the filters. */
export async function list(
  { database, signal }: Acting,
  table: DatabaseTable,
  args: Arguments,
): Promise<Json> {
  const page = pageStatement(database.address.engine, table, args);
  const found = await database.transaction('read', signal, (session) =>
    session.run(page.statement, limitsOf(database, page.limit + 1)),
  );
  const rows = keyed(found, page).slice(0, page.limit);
  const last = found.rows[page.limit - 1];
  const cursor =
    found.rows.length > page.limit && last !== undefined
      ? writeCursor(nextCursor({ engine: database.address.engine, table }, page, last))
      : undefined;
  const keys = page.wanted.map(({ key }) => key);
  const pick = (row: Row): Row => Object.fromEntries(keys.map((key) => [key, row[key] ?? null]));
  return { rows: rows.map(pick), ...(cursor === undefined ? {} : { next_cursor: cursor }) };
}

async function related(
  { facet, database }: Acting,
  session: Session,
  { relation, row }: { relation: DatabaseRelation; row: Row },
): Promise<Json> {
  const table = tableOf(facet, relation.table);
  const values = relation.references.map((key, index): [string, Json] => [
    key,
    row[relation.columns[index] ?? ''] ?? null,
  ]);
  const isOne = relation.kind === 'one';
  if (values.some(([, value]) => value === null)) return isOne ? null : [];
  const limit = isOne ? 1 : MOST_RELATED;
  const wanted = matchingStatement(database.address.engine, table, values, limit);
  const rows = keyed(await session.run(wanted.statement, limitsOf(database, limit)), wanted);
  return isOne ? (rows[0] ?? null) : rows;
}

function wantedRelations(table: DatabaseTable, names: Json | undefined): DatabaseRelation[] {
  const { relations = [] } = table;
  return (isList(names) ? names : []).map((name) => {
    const relation = relations.find((one) => one.name === name);
    if (relation !== undefined) return relation;
    const known = relations.map((one) => one.name).join(', ');
    throw badRequest(
      `${table.key} has no relation ${JSON.stringify(name)}${known === '' ? '' : `; there are ${known}`}.`,
    );
  });
}

async function rowOf(
  { database }: Acting,
  session: Session,
  { table, identity }: { table: DatabaseTable; identity: [string, Json][] },
): Promise<Row | undefined> {
  const wanted = matchingStatement(database.address.engine, table, identity, 1);
  return keyed(await session.run(wanted.statement, limitsOf(database, 1)), wanted)[0];
}

/** The row of an identity, with rows that belong to it; null where there is none. */
export async function get(acting: Acting, table: DatabaseTable, args: Arguments): Promise<Json> {
  const identity = identityOf(table, args);
  const relations = wantedRelations(table, args['with']);
  return acting.database.transaction('read', acting.signal, async (session): Promise<Json> => {
    const row = await rowOf(acting, session, { table, identity });
    if (row === undefined) return { row: null };
    const found: [string, Json][] = [];
    for (const relation of relations)
      found.push([relation.name, await related(acting, session, { relation, row })]);
    return { row, ...(found.length === 0 ? {} : { related: Object.fromEntries(found) }) };
  });
}

function summaryRow(columns: readonly SummaryColumn[], row: ResultRows['rows'][number]): Row {
  const group: Record<string, Json> = {};
  const of: Record<string, Record<string, Json>> = {};
  let count: Json = 0;
  for (const [index, column] of columns.entries()) {
    const value = toJson(row[index] ?? null, column);
    const key = column.column?.key;
    if (key === undefined) count = value;
    else if (column.does === 'group') group[key] = value;
    else (of[key] ??= {})[column.does] = value;
  }
  return { group, count, ...(Object.keys(of).length === 0 ? {} : { of }) };
}

/** Groups of rows with counts, sums, averages and bounds. */
export async function summarize(
  { database, signal }: Acting,
  table: DatabaseTable,
  args: Arguments,
): Promise<Json> {
  const { statement, columns, limit } = summaryStatement(database.address.engine, table, args);
  const { rows } = await database.transaction('read', signal, (session) =>
    session.run(statement, limitsOf(database, limit + 1)),
  );
  const groups = rows.slice(0, limit).map((row) => summaryRow(columns, row));
  return { groups, ...(rows.length > limit ? { more: true } : {}) };
}

const notFound = (table: DatabaseTable, identity: readonly [string, Json][]): DatabaseFailure =>
  new DatabaseFailure(
    404,
    `${table.key} has no row with ${identity.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(' and ')}.`,
    'List the rows to find the one that is meant.',
  );

/** Adds a row; what the database made of it comes back. */
export async function insert(acting: Acting, table: DatabaseTable, args: Arguments): Promise<Json> {
  const { database, signal } = acting;
  const values = writtenValues(table, args['body'] ?? {});
  const statement = insertStatement(database.address.engine, table, values);
  return database.transaction('write', signal, async (session): Promise<Json> => {
    const { rows, insertId } = await session.run(statement, limitsOf(database, 1));
    const given = new Map(values);
    const identity = table.identity.map((key, index): [string, Json] => {
      const column = table.columns.find((one) => one.key === key);
      const told = rows[0]?.[index];
      if (told !== undefined && column !== undefined) return [key, toJson(told, column)];
      return [key, given.get(key) ?? insertId ?? null];
    });
    const isKnown = identity.length > 0 && identity.every(([, value]) => value !== null);
    return { row: (isKnown ? await rowOf(acting, session, { table, identity }) : undefined) ?? null };
  });
}

/** Changes the row of an identity; rejects where there is none. */
export async function update(acting: Acting, table: DatabaseTable, args: Arguments): Promise<Json> {
  const { database, signal } = acting;
  const identity = identityOf(table, args);
  const values = writtenValues(table, args['body']);
  const statement = updateStatement(database.address.engine, table, { identity, values });
  return database.transaction('write', signal, async (session): Promise<Json> => {
    const { affected } = await session.run(statement, limitsOf(database, 1));
    if (affected === 0) throw notFound(table, identity);
    const changed = new Map(values);
    const now = identity.map(([key, value]): [string, Json] => [key, changed.get(key) ?? value]);
    return { row: (await rowOf(acting, session, { table, identity: now })) ?? null };
  });
}

/** Removes the row of an identity; rejects where there is none. */
export async function remove(
  { database, signal }: Acting,
  table: DatabaseTable,
  args: Arguments,
): Promise<Json> {
  const identity = identityOf(table, args);
  const statement = deleteStatement(database.address.engine, table, identity);
  return database.transaction('write', signal, async (session): Promise<Json> => {
    const { affected } = await session.run(statement, limitsOf(database, 1));
    if (affected === 0) throw notFound(table, identity);
    return { deleted: affected };
  });
}

/** Names of an answer's columns, all different. */
function distinct(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((given) => {
    const name = given === '' ? 'column' : given;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

/** Rows of a statement that the caller wrote. */
export async function select({ database, signal }: Acting, args: Arguments): Promise<Json> {
  const { engine } = database.address;
  const { text, functions } = readStatement(engine, typeof args['sql'] === 'string' ? args['sql'] : '');
  const limit = wholeOf(args['limit'], 100, MOST_ROWS);
  const params = (isList(args['parameters']) ? args['parameters'] : []).map((value) =>
    value === null ? null : typeof value === 'string' ? value : JSON.stringify(value),
  );
  const { columns, rows } = await database.transaction('read', signal, (session) =>
    session.query({ text, params }, { ...limitsOf(database, limit + 1), functions }),
  );
  const names = distinct(columns.map(({ name }) => name));
  return {
    columns: columns.map(({ kind }, index) => ({ name: names[index] ?? '', kind })),
    rows: rows
      .slice(0, limit)
      .map((row) =>
        Object.fromEntries(
          columns.map((column, index) => [names[index] ?? '', toJson(row[index] ?? null, column)]),
        ),
      ),
    ...(rows.length > limit ? { more: true } : {}),
  };
}
