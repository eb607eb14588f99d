import { z } from 'zod';
import { JsonValue } from '../json.ts';

/** Facets of data files: where the rows are, how they are written, and what their columns hold. */

export const DataFormat = z.enum([
  'delimited',
  'ndjson',
  'json',
  'xml',
  'html',
  'icalendar',
  'ofx',
  'qif',
  'camt',
]);
export type DataFormat = z.infer<typeof DataFormat>;

/** How text and cells are told apart. */
export const DataDialect = z.strictObject({
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  /** Of delimited text: one character between cells. */
  delimiter: z.string().length(1).optional(),
  /** Of delimited text: whether the first line names the columns. */
  header: z.boolean().optional(),
  /** Of a JSON object: the member that holds the rows. */
  member: z.string().optional(),
  /** Members that lead to the object which has that one, the outermost first. */
  within: z.array(z.string()).optional(),
  /**
   * Which rows of a source that holds several kinds: the path of an XML element below the root, the number of a page's
   * table, a calendar's component, `transactions`, `balances`, `positions` or `securities` of a statement.
   */
  part: z.string().optional(),
  /** Of dates whose order cannot be told from a single one: whether the day stands before the month. */
  dayFirst: z.boolean().optional(),
});
export type DataDialect = z.infer<typeof DataDialect>;

/** A column as the rows that were looked at show it; later rows may differ. */
export const DataColumn = z.strictObject({
  /** As it is written in the source. */
  name: z.string(),
  /** What tools call it. */
  key: z.string(),
  type: z.enum(['integer', 'number', 'boolean', 'string', 'any']),
  format: z.string().optional(),
  nullable: z.boolean(),
  /** The only values met, where each was met again and again. */
  seen: z.array(z.string()).optional(),
});
export type DataColumn = z.infer<typeof DataColumn>;

export const DataSource = z.strictObject({
  name: z.string(),
  format: DataFormat,
  /** Absolute path or http(s) URL; absent where the rows stand here. */
  location: z.string().optional(),
  dialect: DataDialect,
  columns: z.array(DataColumn),
  /** Rows that the columns were learnt from. */
  sampled: z.int(),
  /** Key of a column whose values all differed. */
  id: z.string().optional(),
  /** Rows of a small source that has no place of its own, or another form than the kit reads. */
  rows: z.array(z.record(z.string(), JsonValue)).optional(),
});
export type DataSource = z.infer<typeof DataSource>;

export const DataFacet = z.strictObject({ sources: z.array(DataSource).min(1) });
export type DataFacet = z.infer<typeof DataFacet>;

/** What a tool does with the rows of a source. */
export const DataCall = z.strictObject({
  source: z.string(),
  action: z.enum(['list', 'get', 'count', 'summarize', 'describe']),
});
export type DataCall = z.infer<typeof DataCall>;
