import { z } from 'zod';

/** Facets of a database: its tables as they were found, and which statement a tool stands for. */

/** `mysql` stands for MariaDB too. */
export const DatabaseEngine = z.enum(['postgresql', 'mysql', 'sqlite']);
export type DatabaseEngine = z.infer<typeof DatabaseEngine>;

/**
 * How values of a column travel as JSON. `bigint` and `decimal` are strings, so that no digit is lost; `binary` is base64;
 * `other` is the text that the database writes.
 */
export const DatabaseKind = z.enum([
  'integer',
  'bigint',
  'decimal',
  'float',
  'boolean',
  'text',
  'date',
  'time',
  'timestamp',
  'uuid',
  'json',
  'binary',
  'array',
  'other',
]);
export type DatabaseKind = z.infer<typeof DatabaseKind>;

/** What a mirror calls it, which takes names for the same that differ in their case alone. */
const mirrorName = z.string().optional();

export const DatabaseColumn = z.strictObject({
  /** As the database has it. */
  name: z.string(),
  mirrorName,
  /** What tools call it. */
  key: z.string(),
  kind: DatabaseKind,
  /** Of an array: what it holds. */
  items: DatabaseKind.optional(),
  /** As it was declared, such as `numeric(10,2)`. */
  type: z.string(),
  nullable: z.boolean(),
  /** The database has a value where none is given. */
  hasDefault: z.boolean().optional(),
  /** That value, where it is one and the same for every row, as the database writes it. */
  default: z.string().optional(),
  /** That value is the moment of the write. */
  defaultNow: z.boolean().optional(),
  /** Always made by the database; never written. */
  generated: z.boolean().optional(),
  /** The only values that the type allows. */
  values: z.array(z.string()).optional(),
  /** Characters that a text may have. */
  maxLength: z.int().min(1).optional(),
  comment: z.string().optional(),
});
export type DatabaseColumn = z.infer<typeof DatabaseColumn>;

/** Rows of another table that belong to a row: by a foreign key of this table (`one`), or of the other (`many`). */
export const DatabaseRelation = z.strictObject({
  name: z.string(),
  kind: z.enum(['one', 'many']),
  /** Key of the other table. */
  table: z.string(),
  /** Keys of columns here, and of the columns there that hold the same values, in the same order. */
  columns: z.array(z.string()).min(1),
  references: z.array(z.string()).min(1),
  /** Name of the foreign key. */
  constraint: z.string().optional(),
});
export type DatabaseRelation = z.infer<typeof DatabaseRelation>;

export const DatabaseTable = z.strictObject({
  /** Absent for the schema that needs no name. */
  schema: z.string().optional(),
  name: z.string(),
  mirrorName,
  /** What tools call it; unique. */
  key: z.string(),
  kind: z.enum(['table', 'view']),
  comment: z.string().optional(),
  columns: z.array(DatabaseColumn),
  /** Keys of the columns that tell rows apart: the primary key, or a unique key without nulls; empty: nothing does. */
  identity: z.array(z.string()),
  /** Other unique keys. */
  unique: z.array(z.array(z.string())).optional(),
  relations: z.array(DatabaseRelation).optional(),
  /** Conditions that every row fulfils, as the database writes them. */
  checks: z.array(z.string()).optional(),
  /** About how many rows there were. */
  rows: z.number().optional(),
});
export type DatabaseTable = z.infer<typeof DatabaseTable>;

export const DatabaseFacet = z.strictObject({
  engine: DatabaseEngine,
  /** Of the server that was asked, such as `PostgreSQL 15.4`. */
  version: z.string().optional(),
  /** Absolute path of an SQLite file; other databases are reached by a setting only. */
  location: z.string().optional(),
  /** `host:port` of a database that is reached over the network. */
  host: z.string().optional(),
  /** Tools that write were asked for. */
  writable: z.boolean(),
  tables: z.array(DatabaseTable),
});
export type DatabaseFacet = z.infer<typeof DatabaseFacet>;

/** What a tool does. `select` runs a statement of the caller, `describe` tells of tables; the others have a table. */
export const DatabaseCall = z.strictObject({
  action: z.enum(['list', 'get', 'summarize', 'insert', 'update', 'delete', 'select', 'describe']),
  /** Key of the table. */
  table: z.string().optional(),
});
export type DatabaseCall = z.infer<typeof DatabaseCall>;
