import type { DatabaseKind } from '@counterpart/schemas';
import type { CatalogColumn, CatalogForeignKey, CatalogTable } from '../catalog.ts';
import { commentOf, defaultOf, grouped, type Ask, type Cell } from './ask.ts';

const TABLES = `SELECT table_name, table_type, table_comment, table_rows FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY table_name`;
const COLUMNS = `SELECT table_name, column_name, column_type, data_type, is_nullable, column_default IS NOT NULL, extra,
    column_comment, character_maximum_length, column_default FROM information_schema.columns
  WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`;
const KEYS = `SELECT k.table_name, k.constraint_name, c.constraint_type, k.column_name, k.referenced_table_name, k.referenced_column_name
  FROM information_schema.key_column_usage k JOIN information_schema.table_constraints c
    ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name AND c.table_name = k.table_name
  WHERE k.table_schema = DATABASE() AND (k.referenced_table_schema IS NULL OR k.referenced_table_schema = DATABASE())
  ORDER BY k.table_name, k.constraint_name, k.ordinal_position`;
const CHECKS = `SELECT t.table_name, c.check_clause FROM information_schema.check_constraints c
  JOIN information_schema.table_constraints t
    ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK'
  WHERE c.constraint_schema = DATABASE() ORDER BY t.table_name, c.constraint_name`;

const KINDS: Readonly<Record<string, DatabaseKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  year: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  set: 'text',
  date: 'date',
  time: 'time',
  datetime: 'timestamp',
  timestamp: 'timestamp',
  json: 'json',
  uuid: 'uuid',
  bit: 'bigint',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
};

/** Values in the text of an enum type, such as `enum('a','it''s')`. */
export const enumValues = (type: string): string[] =>
  /^enum\(/i.test(type)
    ? [...type.matchAll(/'((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"))
    : [];

function kindOf(name: string, type: string, checks: readonly string[]): DatabaseKind {
  if (/^bit\(1\)$/i.test(type)) return 'boolean';
  const plain = /^(\w+)/.exec(type.toLowerCase())?.[1] ?? '';
  // MariaDB keeps JSON as text with a check of its form.
  const isJson =
    plain === 'longtext' &&
    checks.some((check) => check.toLowerCase() === `json_valid(\`${name.toLowerCase()}\`)`);
  return isJson ? 'json' : (KINDS[plain] ?? 'other');
}

/** What the database does for a column by itself. */
const made = (
  hasDefault: Cell | undefined,
  extra: string,
): Pick<CatalogColumn, 'hasDefault' | 'generated'> => ({
  ...(hasDefault === '1' || /auto_increment|default_generated/i.test(extra) ? { hasDefault: true } : {}),
  ...(/(?:virtual|stored|persistent) generated|^(?:virtual|stored|persistent)$/i.test(extra)
    ? { generated: true }
    : {}),
});

/** MariaDB writes constants as SQL does, MySQL as they are and says which ones are worked out. */
function constantOf(text: Cell | undefined, extra: string): Pick<CatalogColumn, 'default' | 'defaultNow'> {
  if (text === null || text === undefined || text === 'NULL') return {};
  const found = defaultOf(text);
  const isWorkedOut = /default_generated/i.test(extra) || /\(/.test(text);
  return Object.keys(found).length > 0 || isWorkedOut ? found : { default: text };
}

function columnOf(row: readonly Cell[], checks: readonly string[]): CatalogColumn {
  const [name, type] = [row[1] ?? '', row[2] ?? ''];
  const [, , , , nullable, hasDefault, extra, comment, length] = row;
  const kind = kindOf(name, type, checks);
  const values = enumValues(type);
  const most = Number(length ?? 0);
  const isBounded = kind === 'text' && values.length === 0 && most > 0 && most < 65_536;
  return {
    name,
    type,
    kind,
    nullable: nullable === 'YES',
    ...made(hasDefault, extra ?? ''),
    ...constantOf(row[9], extra ?? ''),
    ...(values.length === 0 ? {} : { values }),
    ...(isBounded ? { maxLength: most } : {}),
    ...commentOf(comment),
  };
}

type Rows = readonly (readonly Cell[])[];

const columnsIn = (rows: Rows): string[] => rows.map((row) => row[3] ?? '');

function foreignKey(rows: Rows): CatalogForeignKey {
  const [first = []] = rows;
  return {
    name: first[1] ?? '',
    columns: columnsIn(rows),
    table: first[4] ?? '',
    references: rows.map((row) => row[5] ?? ''),
  };
}

/** Tables of a MariaDB or MySQL database, by its information schema. */
export async function mysqlTables(ask: Ask): Promise<CatalogTable[]> {
  const tables = await ask(TABLES);
  const columns = grouped(await ask(COLUMNS));
  const keys = grouped(await ask(KEYS));
  // Servers before checks have no such table.
  const checks = grouped(await ask(CHECKS).catch(() => []));
  return tables.map(([name, type, comment, rows]): CatalogTable => {
    const own = keys.get(name ?? '') ?? [];
    const byType = (wanted: string): Rows[] =>
      [...grouped(own.filter((row) => row[2] === wanted).map((row) => [row[1] ?? '', ...row])).values()].map(
        (group) => group.map((row) => row.slice(1)),
      );
    const conditions = (checks.get(name ?? '') ?? []).flatMap((row) => row[1] ?? []);
    return {
      name: name ?? '',
      kind: type === 'VIEW' ? 'view' : 'table',
      ...(type === 'VIEW' ? {} : commentOf(comment)),
      columns: (columns.get(name ?? '') ?? []).map((column) => columnOf(column, conditions)),
      primaryKey: columnsIn(byType('PRIMARY KEY')[0] ?? []),
      unique: byType('UNIQUE').map(columnsIn),
      foreignKeys: byType('FOREIGN KEY').map(foreignKey),
      checks: conditions,
      ...(rows === null || rows === undefined ? {} : { rows: Number(rows) }),
    };
  });
}
