import type { DatabaseColumn, DatabaseEngine, DatabaseTable, Json } from '@counterpart/schemas';
import { isMembers } from '../../json-value.ts';
import type { Statement } from '../driver.ts';
import { badRequest } from '../failure.ts';
import { StatementBuilder } from './builder.ts';
import { whereText } from './filters.ts';

type Values = readonly (readonly [key: string, value: Json])[];

/** The columns and values of a body. Throws DatabaseFailure for columns that are none or that the database makes itself. */
export function writtenValues(table: DatabaseTable, body: Json | undefined): [string, Json][] {
  if (!isMembers(body)) throw badRequest('The columns to write stand under `body`.');
  const entries = Object.entries(body);
  const made = entries.find(([key]) =>
    table.columns.some((one) => one.key === key && one.generated === true),
  );
  if (made !== undefined) throw badRequest(`${made[0]} is made by the database and cannot be written.`);
  return entries;
}

const placed = (builder: StatementBuilder, values: Values): { column: DatabaseColumn; place: string }[] =>
  values.map(([key, value]) => {
    const column = builder.column(key);
    return { column, place: builder.value(column, value) };
  });

/** `INSERT`; the new row's identity comes back where the database can say it in the same statement. */
export function insertStatement(engine: DatabaseEngine, table: DatabaseTable, values: Values): Statement {
  const builder = new StatementBuilder(engine, table);
  const { dialect } = builder;
  const given = placed(builder, values);
  const names = given.map(({ column }) => dialect.quote(column)).join(', ');
  const places = given.map(({ place }) => place).join(', ');
  const empty = engine === 'mysql' ? ' () VALUES ()' : ' DEFAULT VALUES';
  const what = given.length === 0 ? empty : ` (${names}) VALUES (${places})`;
  const identity = table.identity.map((key) => dialect.quote(builder.column(key))).join(', ');
  const returning = engine === 'mysql' || identity === '' ? '' : ` RETURNING ${identity}`;
  return builder.statement(`INSERT INTO ${dialect.table(table)}${what}${returning}`);
}

const byIdentity = (builder: StatementBuilder, identity: Values): string =>
  whereText(
    placed(builder, identity).map(({ column, place }) => `${builder.dialect.quote(column)} = ${place}`),
  );

/** `UPDATE` of one row. Throws DatabaseFailure where nothing is to be written. */
export function updateStatement(
  engine: DatabaseEngine,
  table: DatabaseTable,
  { identity, values }: { readonly identity: Values; readonly values: Values },
): Statement {
  if (values.length === 0) throw badRequest('Nothing is to be changed: `body` names no column.');
  const builder = new StatementBuilder(engine, table);
  const set = placed(builder, values).map(
    ({ column, place }) => `${builder.dialect.quote(column)} = ${place}`,
  );
  return builder.statement(
    `UPDATE ${builder.dialect.table(table)} SET ${set.join(', ')}${byIdentity(builder, identity)}`,
  );
}

/** `DELETE` of one row. */
export function deleteStatement(engine: DatabaseEngine, table: DatabaseTable, identity: Values): Statement {
  const builder = new StatementBuilder(engine, table);
  return builder.statement(`DELETE FROM ${builder.dialect.table(table)}${byIdentity(builder, identity)}`);
}
