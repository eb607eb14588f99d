import { bindValue, dialectOf, type BoundValue, type Statement } from '@counterpart/kit/database';
import type { DatabaseColumn, DatabaseFacet, DatabaseKind, DatabaseTable } from '@counterpart/schemas';
import { comparisonsOf } from './checks.ts';
import type { Seeds } from './seeds.ts';

const TYPES: Readonly<Record<DatabaseKind, string>> = {
  integer: 'INTEGER',
  bigint: 'INTEGER',
  decimal: 'TEXT',
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
const tableText = (table: DatabaseTable): string => dialect.table(table);

const nameOf = ({ columns }: DatabaseTable, key: string): string =>
  dialect.quote(columns.find((column) => column.key === key) ?? { name: key });

const namesOf = (table: DatabaseTable, keys: readonly string[]): string =>
  keys.map((key) => nameOf(table, key)).join(', ');

/** A value as SQL writes it. */
function literal(value: BoundValue): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** What a row has where nothing is given. */
function defaultText(column: DatabaseColumn): string {
  if (column.defaultNow === true) return NOW[column.kind] ?? '';
  if (column.default === undefined) return '';
  try {
    return ` DEFAULT ${literal(bindValue('sqlite', column, column.default))}`;
  } catch {
    return '';
  }
}

const NOW: Readonly<Partial<Record<DatabaseKind, string>>> = {
  timestamp: " DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
  date: " DEFAULT (date('now'))",
  time: " DEFAULT (time('now'))",
};

function columnText(column: DatabaseColumn): string {
  const { kind, nullable, hasDefault, generated } = column;
  const name = dialect.quote(column);
  const standing = defaultText(column);
  const isFree = nullable || generated === true || (hasDefault === true && standing === '');
  const values = column.values?.map((value) => literal(value)).join(', ') ?? '';
  const listed = values === '' ? '' : ` CHECK (${name} IN (${values}))`;
  return `${name} ${TYPES[kind]}${isFree ? '' : ' NOT NULL'}${standing}${listed}`;
}

/** Checks that compare columns with numbers; what else a check asks, a mirror does not. */
const checkTexts = (table: DatabaseTable): string[] =>
  comparisonsOf(table).map(
    ({ column, sign, bound }) => `CHECK (${dialect.ordered(column)} ${sign} ${bound})`,
  );

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
    ...checkTexts(table),
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
