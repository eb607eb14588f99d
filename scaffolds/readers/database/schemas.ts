import { FILTER_OPS } from '@counterpart/kit/database';
import type {
  DatabaseColumn,
  DatabaseEngine,
  DatabaseFacet,
  DatabaseKind,
  DatabaseTable,
  Json,
  JsonObject,
  JsonSchema,
} from '@counterpart/schemas';

const PLAIN: Readonly<Record<DatabaseKind, JsonObject>> = {
  integer: { type: 'integer' },
  bigint: { type: 'string', format: 'int64' },
  decimal: { type: 'string', format: 'decimal' },
  float: { type: 'number' },
  boolean: { type: 'boolean' },
  text: { type: 'string' },
  date: { type: 'string', format: 'date' },
  time: { type: 'string' },
  timestamp: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
  json: {},
  binary: { type: 'string', contentEncoding: 'base64' },
  array: { type: 'array' },
  other: { type: 'string' },
};

/** What a column holds, nulls left aside. */
function valueSchema({ kind, items, type, values }: DatabaseColumn): JsonObject {
  if (kind === 'array') return { type: 'array', items: items === undefined ? {} : PLAIN[items] };
  if (kind === 'other' && type === 'any') return {};
  const withZone = kind === 'timestamp' && /with time zone|timestamptz|^timestamp(?:\(\d\))?$/i.test(type);
  return {
    ...PLAIN[kind],
    ...(withZone ? { format: 'date-time' } : {}),
    ...(values === undefined ? {} : { enum: [...values] }),
  };
}

function nullable(schema: JsonObject): JsonObject {
  const { type, enum: values, ...rest } = schema;
  if (type === undefined) return schema;
  return {
    ...rest,
    type: [...[type].flat(), 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as Json[]), null] } : {}), // a list of texts, made above
  };
}

const described = ({ comment }: DatabaseColumn): JsonObject =>
  comment === undefined ? {} : { description: comment };

/** Names of a table's types in the blueprint. */
export const typeNames = ({ key }: Pick<DatabaseTable, 'key'>) => ({
  row: key,
  column: `${key}.column`,
  filters: `${key}.filters`,
  written: `${key}.values`,
});

/** What a caller may give for a column that is answered as a text: a number as well. */
const ALSO: Partial<Readonly<Record<DatabaseKind, string>>> = { bigint: 'integer', decimal: 'number' };

/** What a caller may give for a column: a large or exact number as text or, where it fits, as a number. */
export function givenSchema(column: DatabaseColumn): JsonObject {
  const also = ALSO[column.kind];
  const schema = valueSchema(column);
  return also === undefined ? schema : { ...schema, type: ['string', also] };
}

/** Texts that a column may answer with beside what it holds: numbers that are none, and in SQLite whatever was put there. */
const LOOSE: Readonly<Record<DatabaseEngine, ReadonlySet<DatabaseKind>>> = {
  postgresql: new Set<DatabaseKind>(['float']),
  mysql: new Set<DatabaseKind>(),
  sqlite: new Set<DatabaseKind>(['integer', 'float', 'boolean']),
};

/** What a column is answered with. Lists may be of lists, and hold nothing in places. */
function answeredSchema(engine: DatabaseEngine, column: DatabaseColumn): JsonObject {
  const schema = valueSchema(column);
  if (column.kind === 'array') return { type: 'array' };
  const { type } = schema;
  return LOOSE[engine].has(column.kind) && typeof type === 'string'
    ? { ...schema, type: [type, 'string'] }
    : schema;
}

/** More columns than this are not listed in every tool. */
const MOST_LISTED = 80;

const reference = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` });

function filtersSchema(table: DatabaseTable): JsonSchema {
  return {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        column: reference(typeNames(table).column),
        op: {
          type: 'string',
          enum: [...FILTER_OPS],
          description:
            'min and max include the bound, above and below do not; contains and starts_with ignore case; one_of takes values; empty takes true or false.',
        },
        value: {
          type: ['string', 'number', 'boolean', 'null'],
          description: 'Numbers and dates as text too, such as 10.5 or 2024-01-31.',
        },
        values: { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
      },
      required: ['column', 'op'],
      additionalProperties: false,
    },
  };
}

/** A row to be written: what the database makes itself is not there, what has a default may be left out. */
function writtenSchema({ columns }: DatabaseTable): JsonSchema {
  const writable = columns.filter(({ generated }) => generated !== true);
  return {
    type: 'object',
    properties: Object.fromEntries(
      writable.map((column) => {
        const { maxLength, nullable: isNullable } = column;
        const schema = {
          ...givenSchema(column),
          ...(maxLength === undefined ? {} : { maxLength }),
          ...described(column),
        };
        return [column.key, isNullable ? nullable(schema) : schema];
      }),
    ),
    additionalProperties: false,
  };
}

/** Columns that a new row needs. */
export const neededColumns = ({ columns }: DatabaseTable): string[] =>
  columns
    .filter(
      ({ nullable: isNullable, hasDefault, generated }) =>
        !isNullable && hasDefault !== true && generated !== true,
    )
    .map(({ key }) => key);

/** The types of one table. */
export function typesOf({ engine, writable }: DatabaseFacet, table: DatabaseTable): [string, JsonSchema][] {
  const { columns } = table;
  const names = typeNames(table);
  const keys = columns.map(({ key }) => key);
  const row: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      columns.map((column) => {
        const schema = { ...answeredSchema(engine, column), ...described(column) };
        return [column.key, column.nullable ? nullable(schema) : schema];
      }),
    ),
  };
  return [
    [names.row, row],
    [names.column, keys.length > MOST_LISTED ? { type: 'string' } : { type: 'string', enum: keys }],
    [names.filters, filtersSchema(table)],
    ...(writable ? ([[names.written, writtenSchema(table)]] as [string, JsonSchema][]) : []),
  ];
}
