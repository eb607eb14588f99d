import type { DatabaseFacet, DatabaseTable, Json } from '@counterpart/schemas';
import { isList } from '../json-value.ts';
import type { Arguments } from '../tools/tool.ts';
import { badRequest } from './failure.ts';
import { dialectOf } from './statements/dialect.ts';

/** Tables that are shown with all their columns when none is named. */
const MOST_WHOLE = 12;

/** The table of a key. Throws DatabaseFailure. */
export function tableOf({ tables }: DatabaseFacet, key: string | undefined): DatabaseTable {
  const table = tables.find((one) => one.key === key);
  if (table === undefined) throw badRequest(`The server knows no table ${JSON.stringify(key)}.`);
  return table;
}

function briefly({ engine }: DatabaseFacet, table: DatabaseTable): Json {
  const { key, kind, comment, rows, columns } = table;
  return {
    table: key,
    kind,
    sql_name: dialectOf(engine).table(table),
    ...(comment === undefined ? {} : { comment }),
    ...(rows === undefined ? {} : { rows_about: rows }),
    columns: columns.map((column) => column.key),
  };
}

function wholly(facet: DatabaseFacet, table: DatabaseTable): Json {
  const { key, kind, comment, rows, columns, identity, unique = [], relations = [], checks = [] } = table;
  const dialect = dialectOf(facet.engine);
  return {
    table: key,
    kind,
    sql_name: dialect.table(table),
    ...(comment === undefined ? {} : { comment }),
    ...(rows === undefined ? {} : { rows_about: rows }),
    identity,
    ...(unique.length === 0 ? {} : { unique }),
    columns: columns.map((column) => ({
      column: column.key,
      sql_name: dialect.quote(column),
      type: column.type,
      nullable: column.nullable,
      ...(column.values === undefined ? {} : { values: column.values }),
      ...(column.generated === true ? { generated: true } : {}),
      ...(column.comment === undefined ? {} : { comment: column.comment }),
    })),
    ...(relations.length === 0
      ? {}
      : {
          relations: relations.map(({ name, kind: number, table: other, columns: from, references }) => ({
            name,
            rows: number,
            table: other,
            columns: from,
            references,
          })),
        }),
    ...(checks.length === 0 ? {} : { checks }),
  };
}

/** What is known of the tables; of many, their columns' names only until some are named. */
export function describeTables(facet: DatabaseFacet, args: Arguments): Json {
  const { tables: named, search } = args;
  const keys = isList(named) ? named : [];
  const unknown = keys.find((key) => !facet.tables.some((table) => table.key === key));
  if (unknown !== undefined)
    throw badRequest(
      `There is no table ${JSON.stringify(unknown)}.`,
      'Leave `tables` out to see all of them.',
    );
  const word = typeof search === 'string' ? search.toLowerCase() : '';
  const found = facet.tables.filter(
    (table) =>
      (keys.length === 0 || keys.includes(table.key)) &&
      (word === '' ||
        JSON.stringify([table.name, table.comment, table.columns]).toLowerCase().includes(word)),
  );
  const isWhole = keys.length > 0 || found.length <= MOST_WHOLE;
  return {
    engine: facet.engine,
    ...(facet.version === undefined ? {} : { version: facet.version }),
    table_count: found.length,
    tables: found.map((table) => (isWhole ? wholly(facet, table) : briefly(facet, table))),
    ...(isWhole ? {} : { note: 'Name tables to see their types, keys and relations.' }),
  };
}
