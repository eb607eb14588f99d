import type { DatabaseColumn, DatabaseEngine, DatabaseTable } from '@counterpart/schemas';

/** What of SQL differs between databases. Names come from the blueprint only and are always quoted. */
export interface Dialect {
  readonly engine: DatabaseEngine;
  quote(column: Pick<DatabaseColumn, 'name' | 'mirrorName'>): string;
  table(table: Pick<DatabaseTable, 'schema' | 'name' | 'mirrorName'>): string;
  /** Where parameter `index` (from 1) goes, so that it is compared as the column's own type. */
  place(index: number, column: DatabaseColumn | undefined): string;
  /** A column as the text that patterns are held against. */
  text(column: DatabaseColumn): string;
  /** Comparison with a pattern, whatever the case; `!` escapes. */
  like(column: DatabaseColumn, place: string): string;
  /** True where a column holds this value. */
  equal(column: DatabaseColumn, place: string): string;
  /** What a column is selected as; types that drivers cannot give are selected as text. */
  shown(column: DatabaseColumn): string;
  /** What a column is compared and sorted by; types without an order are taken as text. */
  ordered(column: DatabaseColumn): string;
}

const doubled = (name: string, mark: string): string => `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;

const UNORDERED = new Set(['json', 'other', 'array']);
/** PostgreSQL has no smallest of these. */
const WITHOUT_LEAST = new Set(['uuid', 'boolean', 'binary']);

const pgName = ({ name }: DatabaseColumn): string => doubled(name, '"');

const postgresql: Dialect = {
  engine: 'postgresql',
  quote: ({ name }) => doubled(name, '"'),
  table: ({ schema, name }) =>
    schema === undefined ? doubled(name, '"') : `${doubled(schema, '"')}.${doubled(name, '"')}`,
  place: (index) => `$${index}`,
  text: (column) => `${pgName(column)}::text`,
  like: (column, place) => `${pgName(column)}::text ILIKE ${place} ESCAPE '!'`,
  equal(column, place) {
    if (column.kind === 'json') return `${pgName(column)}::jsonb = ${place}::jsonb`;
    // Lists are compared as lists: their text says the same in several ways.
    return `${column.kind === 'array' ? pgName(column) : postgresql.ordered(column)} = ${place}`;
  },
  shown: pgName,
  ordered(column) {
    // As a text an address has a mask that it is not shown with.
    if (column.type === 'inet') return `pg_catalog.abbrev(${pgName(column)})`;
    return UNORDERED.has(column.kind) ? `${pgName(column)}::text` : pgName(column);
  },
};

const GEOMETRY = /geometry|point|polygon|linestring/i;
const isBits = ({ kind, type }: DatabaseColumn): boolean => kind === 'bigint' && /^bit\b/i.test(type);

function mysqlPlace(column: DatabaseColumn | undefined): string {
  if (column?.kind === 'decimal') return 'CAST(? AS DECIMAL(65,30))';
  if (column?.kind === 'other' && GEOMETRY.test(column.type)) return 'ST_GeomFromText(?)';
  if (column?.kind !== 'integer' && column?.kind !== 'bigint') return '?';
  return /unsigned|^bit\b/i.test(column.type) ? 'CAST(? AS UNSIGNED)' : 'CAST(? AS SIGNED)';
}

function mysqlText(column: DatabaseColumn): string {
  const name = doubled(column.name, '`');
  return GEOMETRY.test(column.type) ? `ST_AsText(${name})` : `CAST(${name} AS CHAR)`;
}

const mysql: Dialect = {
  engine: 'mysql',
  quote: ({ name }) => doubled(name, '`'),
  table: ({ schema, name }) =>
    schema === undefined ? doubled(name, '`') : `${doubled(schema, '`')}.${doubled(name, '`')}`,
  // A text beside a number would be compared as a floating number, which loses digits.
  place: (_, column) => mysqlPlace(column),
  text: mysqlText,
  like: (column, place) => `${mysqlText(column)} LIKE ${place} ESCAPE '!'`,
  equal(column, place) {
    const name = doubled(column.name, '`');
    // Neither database has an equality of JSON that the other has, too.
    if (column.kind === 'json')
      return `(JSON_CONTAINS(${name}, ${place}) AND JSON_CONTAINS(${place}, ${name}))`;
    return `${mysql.ordered(column)} = ${place}`;
  },
  shown(column) {
    const name = doubled(column.name, '`');
    if (isBits(column)) return `CAST(${name} AS UNSIGNED)`;
    if (column.kind === 'other') return mysqlText(column);
    // The driver takes no column of such a name.
    return column.name.startsWith('__') ? `${name} AS own` : name;
  },
  ordered(column) {
    if (isBits(column)) return `CAST(${doubled(column.name, '`')} AS UNSIGNED)`;
    // Listed values are sorted by their place in the list and compared by their letters.
    const isListed = /^(?:enum|set)\b/i.test(column.type);
    return UNORDERED.has(column.kind) || isListed ? mysqlText(column) : doubled(column.name, '`');
  },
};

const liteName = ({ name, mirrorName }: Pick<DatabaseColumn, 'name' | 'mirrorName'>): string =>
  doubled(mirrorName ?? name, '"');

const sqlite: Dialect = {
  engine: 'sqlite',
  quote: liteName,
  // A mirror keeps the tables of all schemas in one file.
  table: ({ schema, name, mirrorName = schema === undefined ? name : `${schema}.${name}` }) =>
    doubled(mirrorName, '"'),
  place: () => '?',
  text: (column) => `CAST(${liteName(column)} AS TEXT)`,
  like: (column, place) => `CAST(${liteName(column)} AS TEXT) LIKE ${place} ESCAPE '!'`,
  equal(column, place) {
    const name = liteName(column);
    if (column.kind === 'json')
      return `CASE WHEN json_valid(${name}) THEN json(${name}) ELSE ${name} END = json(${place})`;
    // Without a declared type, a number is not equal to its own text.
    return `${column.kind === 'other' ? `CAST(${name} AS TEXT)` : sqlite.ordered(column)} = ${place}`;
  },
  shown: liteName,
  // Decimal numbers are there in mirrors alone, as text: none of their digits is lost.
  ordered: (column) => (column.kind === 'decimal' ? `CAST(${liteName(column)} AS REAL)` : liteName(column)),
};

const DIALECTS: Readonly<Record<DatabaseEngine, Dialect>> = { postgresql, mysql, sqlite };

/** The dialect of a database. */
export const dialectOf = (engine: DatabaseEngine): Dialect => DIALECTS[engine];

/** True for columns whose smallest and largest value can be asked for as they are. */
export const hasLeast = ({ kind }: DatabaseColumn): boolean =>
  !UNORDERED.has(kind) && !WITHOUT_LEAST.has(kind);
