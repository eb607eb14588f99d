import type { DatabaseKind } from '@counterpart/schemas';
import type { CatalogColumn, CatalogForeignKey, CatalogTable } from '../catalog.ts';
import { commentOf, defaultOf, grouped, textsIn, type Ask, type Cell } from './ask.ts';

/** What a user may not read is not there for it. */
const TABLES = `SELECT c.oid::text, n.nspname, c.relname, c.relkind, pg_catalog.obj_description(c.oid, 'pg_class'),
    CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END, n.nspname = pg_catalog.current_schema()
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND (pg_catalog.has_table_privilege(c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))
  ORDER BY n.nspname = pg_catalog.current_schema() DESC, n.nspname, c.relname`;

const COLUMNS = `SELECT a.attrelid::text, a.attname, pg_catalog.format_type(b.oid, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END), a.attnotnull,
    a.atthasdef OR a.attidentity <> '', a.attgenerated <> '' OR a.attidentity = 'a',
    pg_catalog.col_description(a.attrelid, a.attnum), b.typname, b.oid::text, b.typtype, e.typname,
    CASE WHEN b.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
    CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  LEFT JOIN pg_catalog.pg_type e ON b.typcategory = 'A' AND e.oid = b.typelem
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  ORDER BY a.attrelid, a.attnum`;

const ENUMS = `SELECT enumtypid::text, enumlabel FROM pg_catalog.pg_enum ORDER BY enumtypid, enumsortorder`;

const namesOf = (owner: string, numbers: string): string =>
  `(SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(${numbers}) WITH ORDINALITY k(number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${owner} AND a.attnum = k.number)`;

const CONSTRAINTS = `SELECT o.conrelid::text, o.contype, o.conname, ${namesOf('o.conrelid', 'o.conkey')}, o.confrelid::text,
    ${namesOf('o.confrelid', 'o.confkey')}, pg_catalog.pg_get_constraintdef(o.oid)
  FROM pg_catalog.pg_constraint o WHERE o.conrelid <> 0 AND o.contype IN ('p', 'u', 'f', 'c') ORDER BY o.conrelid, o.conname`;

const KINDS: Readonly<Record<string, DatabaseKind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'bigint',
  numeric: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  citext: 'text',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
};

const kindOf = (type: Cell | undefined): DatabaseKind => KINDS[type ?? ''] ?? 'other';

/** What a column holds: values of an enum, items of a list, or one value of a known kind. */
function holds(
  [base, baseId, baseType, item]: readonly (Cell | undefined)[],
  enums: ReadonlyMap<string, readonly (readonly Cell[])[]>,
): Pick<CatalogColumn, 'kind' | 'items' | 'values'> {
  if (baseType === 'e')
    return { kind: 'text', values: (enums.get(baseId ?? '') ?? []).map((label) => label[1] ?? '') };
  if (item === null || item === undefined) return { kind: kindOf(base) };
  return { kind: 'array', items: kindOf(item) === 'other' ? 'text' : kindOf(item) };
}

function columnOf(
  row: readonly Cell[],
  enums: ReadonlyMap<string, readonly (readonly Cell[])[]>,
): CatalogColumn {
  const [, name, type, notNull, hasDefault, generated, comment] = row;
  const length = row[11] ?? null;
  return {
    name: name ?? '',
    type: type ?? '',
    ...holds(row.slice(7, 11), enums),
    nullable: notNull !== 't',
    ...(hasDefault === 't' ? { hasDefault: true, ...defaultOf(row[12]) } : {}),
    ...(generated === 't' ? { generated: true } : {}),
    ...(length === null ? {} : { maxLength: Number(length) }),
    ...commentOf(comment),
  };
}

interface Place {
  readonly schema?: string;
  readonly table: string;
}

function foreignKey(row: readonly Cell[], placeOf: (id: string) => Place | undefined): CatalogForeignKey[] {
  const [, , name, columns, other, references] = row;
  const place = placeOf(other ?? '');
  if (place === undefined) return [];
  return [{ name: name ?? '', columns: textsIn(columns), ...place, references: textsIn(references) }];
}

/** Tables of a PostgreSQL database that its user may read. */
export async function postgresqlTables(ask: Ask): Promise<CatalogTable[]> {
  const tables = await ask(TABLES);
  const columns = grouped(await ask(COLUMNS));
  const enums = grouped(await ask(ENUMS));
  const constraints = grouped(await ask(CONSTRAINTS));
  const schemaOf = (row: readonly Cell[] | undefined) => (row?.[6] === 't' ? {} : { schema: row?.[1] ?? '' });
  const byId = new Map(tables.map((row) => [row[0] ?? '', row]));
  const placeOf = (id: string): Place | undefined => {
    const row = byId.get(id);
    return row === undefined ? undefined : { ...schemaOf(row), table: row[2] ?? '' };
  };
  return tables.map((row): CatalogTable => {
    const [id, , name, kind, comment, rows] = row;
    const own = constraints.get(id ?? '') ?? [];
    const columnsOf = (type: string): string[][] =>
      own.filter((one) => one[1] === type).map((one) => textsIn(one[3]));
    return {
      ...schemaOf(row),
      name: name ?? '',
      kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
      ...commentOf(comment),
      columns: (columns.get(id ?? '') ?? []).map((column) => columnOf(column, enums)),
      primaryKey: columnsOf('p')[0] ?? [],
      unique: columnsOf('u'),
      foreignKeys: own.filter((one) => one[1] === 'f').flatMap((one) => foreignKey(one, placeOf)),
      checks: own.filter((one) => one[1] === 'c').flatMap((one) => one[6] ?? []),
      ...(rows === null || rows === undefined ? {} : { rows: Number(rows) }),
    };
  });
}
