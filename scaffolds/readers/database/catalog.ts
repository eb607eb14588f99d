import { hubError } from '@counterpart/schemas';
import { DatabaseColumn, DatabaseEngine } from '@counterpart/schemas/blueprint/database';
import { z } from 'zod';

/** What a database tells of itself, in its own names; the text that the reader of databases reads. */
export const CatalogColumn = DatabaseColumn.omit({ key: true });
export type CatalogColumn = z.infer<typeof CatalogColumn>;

export const CatalogForeignKey = z.strictObject({
  name: z.string().optional(),
  columns: z.array(z.string()).min(1),
  schema: z.string().optional(),
  table: z.string(),
  references: z.array(z.string()).min(1),
});
export type CatalogForeignKey = z.infer<typeof CatalogForeignKey>;

export const CatalogTable = z.strictObject({
  schema: z.string().optional(),
  name: z.string(),
  kind: z.enum(['table', 'view']),
  comment: z.string().optional(),
  columns: z.array(CatalogColumn),
  primaryKey: z.array(z.string()),
  unique: z.array(z.array(z.string())),
  foreignKeys: z.array(CatalogForeignKey),
  checks: z.array(z.string()),
  rows: z.number().optional(),
});
export type CatalogTable = z.infer<typeof CatalogTable>;

export const Catalog = z.strictObject({
  databaseCatalog: z.literal(1),
  engine: DatabaseEngine,
  version: z.string().optional(),
  /** Name of the database. */
  database: z.string(),
  host: z.string().optional(),
  location: z.string().optional(),
  tables: z.array(CatalogTable),
});
export type Catalog = z.infer<typeof Catalog>;

/** Throws DATABASE_UNREADABLE for a text that is no catalog. */
export function parseCatalog(text: string, source: string): Catalog {
  const parsed = Catalog.safeParse(valueOf(text));
  if (parsed.success) return parsed.data;
  throw hubError('DATABASE_UNREADABLE', { source, detail: z.prettifyError(parsed.error) });
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
