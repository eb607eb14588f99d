import type { DatabaseColumn, DatabaseEngine, DatabaseTable } from '@counterpart/schemas';

/** What of SQL differs between databases. Names come from the blueprint only and are always quoted. */
export interface Dialect {
  readonly engine: DatabaseEngine;
  quote(name: string): string;
  table(table: Pick<DatabaseTable, 'schema' | 'name'>): string;
  /** Where parameter `index` (from 1) goes, so that it is compared as the column's own type. */
  place(index: number, column: DatabaseColumn | undefined): string;
  /** An expression as text. */
  text(expression: string): string;
  /** Comparison with a pattern, whatever the case; `!` escapes. */
  like(expression: string, place: string): string;
  /** What a column is selected as; types that drivers cannot give are selected as text. */
  shown(column: DatabaseColumn): string;
  /** What a column is compared and sorted by; types without an order are taken as text. */
  ordered(column: DatabaseColumn): string;
}

const doubled = (name: string, mark: string): string => `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;

const UNORDERED = new Set(['json', 'other', 'array']);
/** PostgreSQL has no smallest of these. */
const WITHOUT_LEAST = new Set(['uuid', 'boolean', 'binary']);

const postgresql: Dialect = {
  engine: 'postgresql',
  quote: (name) => doubled(name, '"'),
  table: ({ schema, name }) =>
    schema === undefined ? doubled(name, '"') : `${doubled(schema, '"')}.${doubled(name, '"')}`,
  place: (index) => `$${index}`,
  text: (expression) => `${expression}::text`,
  like: (expression, place) => `${expression}::text ILIKE ${place} ESCAPE '!'`,
  shown: ({ name }) => doubled(name, '"'),
  ordered: ({ name, kind }) => `${doubled(name, '"')}${UNORDERED.has(kind) ? '::text' : ''}`,
};

function mysqlPlace(column: DatabaseColumn | undefined): string {
  if (column?.kind === 'decimal') return 'CAST(? AS DECIMAL(65,30))';
  if (column?.kind !== 'integer' && column?.kind !== 'bigint') return '?';
  return /unsigned/i.test(column.type) ? 'CAST(? AS UNSIGNED)' : 'CAST(? AS SIGNED)';
}

const mysql: Dialect = {
  engine: 'mysql',
  quote: (name) => doubled(name, '`'),
  table: ({ schema, name }) =>
    schema === undefined ? doubled(name, '`') : `${doubled(schema, '`')}.${doubled(name, '`')}`,
  // A text beside a number would be compared as a floating number, which loses digits.
  place: (_, column) => mysqlPlace(column),
  text: (expression) => `CAST(${expression} AS CHAR)`,
  like: (expression, place) => `CAST(${expression} AS CHAR) LIKE ${place} ESCAPE '!'`,
  shown: ({ name, kind, type }) => {
    const quoted = doubled(name, '`');
    if (/geometry|point|polygon|linestring/i.test(type)) return `ST_AsText(${quoted})`;
    return kind === 'other' ? `CAST(${quoted} AS CHAR)` : quoted;
  },
  ordered: ({ name, kind }) =>
    UNORDERED.has(kind) ? `CAST(${doubled(name, '`')} AS CHAR)` : doubled(name, '`'),
};

const sqlite: Dialect = {
  engine: 'sqlite',
  quote: (name) => doubled(name, '"'),
  // A mirror keeps the tables of all schemas in one file.
  table: ({ schema, name }) => doubled(schema === undefined ? name : `${schema}.${name}`, '"'),
  place: () => '?',
  text: (expression) => `CAST(${expression} AS TEXT)`,
  like: (expression, place) => `CAST(${expression} AS TEXT) LIKE ${place} ESCAPE '!'`,
  shown: ({ name }) => doubled(name, '"'),
  ordered: ({ name }) => doubled(name, '"'),
};

const DIALECTS: Readonly<Record<DatabaseEngine, Dialect>> = { postgresql, mysql, sqlite };

/** The dialect of a database. */
export const dialectOf = (engine: DatabaseEngine): Dialect => DIALECTS[engine];

/** True for columns whose smallest and largest value can be asked for as they are. */
export const hasLeast = ({ kind }: DatabaseColumn): boolean =>
  !UNORDERED.has(kind) && !WITHOUT_LEAST.has(kind);
