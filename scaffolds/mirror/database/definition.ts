import { bindValue, dialectOf, type BoundValue, type Statement } from '@counterpart/kit/database';
import type { DatabaseColumn, DatabaseFacet, DatabaseKind, DatabaseTable } from '@counterpart/schemas';
import type { Seeds } from './seeds.ts';

const TYPES: Readonly<Record<DatabaseKind, string>> = {
  integer: 'INTEGER',
  bigint: 'INTEGER',
  decimal: 'NUMERIC',
  float: 'REAL',
  boolean: 'BOOLEAN',
  text: 'TEXT',
  date: 'TEXT',
  time: 'TEXT',
  timestamp: 'TEXT',
  uuid: 'TEXT',
  json: 'TEXT',
  binary: 'BLOB',
  array: 'TEXT',
  other: 'TEXT',
};

const dialect = dialectOf('sqlite');
const quote = (name: string): string => dialect.quote(name);
const tableText = (table: DatabaseTable): string => dialect.table(table);

const nameOf = ({ columns }: DatabaseTable, key: string): string =>
  quote(columns.find((column) => column.key === key)?.name ?? key);

const namesOf = (table: DatabaseTable, keys: readonly string[]): string =>
  keys.map((key) => nameOf(table, key)).join(', ');

const columnText = ({ name, kind, nullable, hasDefault, generated }: DatabaseColumn): string =>
  `${quote(name)} ${TYPES[kind]}${nullable || hasDefault === true || generated === true ? '' : ' NOT NULL'}`;

/** Only keys that SQLite can check: what is referred to must be unique there. */
function foreignKeys(table: DatabaseTable, tables: ReadonlyMap<string, DatabaseTable>): string[] {
  return (table.relations ?? []).flatMap(({ kind, table: key, columns, references }) => {
    const target = tables.get(key);
    const uniques = [target?.identity ?? [], ...(target?.unique ?? [])].map((keys) => keys.toSorted().join());
    if (kind !== 'one' || target === undefined || !uniques.includes(references.toSorted().join())) return [];
    return [
      `FOREIGN KEY (${namesOf(table, columns)}) REFERENCES ${tableText(target)} (${namesOf(target, references)})`,
    ];
  });
}

function createText(table: DatabaseTable, tables: ReadonlyMap<string, DatabaseTable>): string {
  const { identity, unique = [], columns } = table;
  const parts = [
    ...columns.map(columnText),
    ...(identity.length === 0 ? [] : [`PRIMARY KEY (${namesOf(table, identity)})`]),
    ...unique.filter((keys) => keys.length > 0).map((keys) => `UNIQUE (${namesOf(table, keys)})`),
    ...foreignKeys(table, tables),
  ];
  return `CREATE TABLE ${tableText(table)} (${parts.join(', ')})`;
}

function insertText(table: DatabaseTable, seeds: Seeds): Statement[] {
  const rows = seeds.rows(table.key);
  if (rows.length === 0 || table.columns.length === 0) return [];
  const params = rows.flatMap((row) =>
    table.columns.map((column): BoundValue => bindValue('sqlite', column, row[column.key] ?? null)),
  );
  const places = `(${table.columns.map(() => '?').join(', ')})`;
  return [
    {
      text: `INSERT OR IGNORE INTO ${tableText(table)} VALUES ${rows.map(() => places).join(', ')}`,
      params,
    },
  ];
}

/** What makes an empty SQLite database the mirror of another one. Views are tables in it. */
export function mirrorStatements({ tables }: DatabaseFacet, seeds: Seeds): Statement[] {
  const byKey = new Map(tables.map((table) => [table.key, table]));
  return [
    { text: 'PRAGMA foreign_keys = OFF', params: [] },
    ...tables.map((table) => ({ text: createText(table, byKey), params: [] })),
    ...tables.flatMap((table) => insertText(table, seeds)),
    { text: 'PRAGMA foreign_keys = ON', params: [] },
  ];
}
