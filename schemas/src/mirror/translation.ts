import { z } from 'zod';

/**
 * Facet of a translated service: a description that was made from the tools of a server, and is answered by calling them.
 */

/** A field of the root types and the tool that answers it. */
export const TranslatedField = z.strictObject({
  tool: z.string(),
  /** Argument of the field → key of the tool's input, where the two differ. */
  arguments: z.record(z.string(), z.string()).optional(),
});
export type TranslatedField = z.infer<typeof TranslatedField>;

/** A field that leads from a row to rows of another table, by a tool that lists those with filters. */
export const TranslatedJoin = z.strictObject({
  tool: z.string(),
  kind: z.enum(['one', 'many']),
  /** Members of the row here, and of the rows there that hold the same values, in the same order. */
  columns: z.array(z.string()).min(1),
  references: z.array(z.string()).min(1),
});
export type TranslatedJoin = z.infer<typeof TranslatedJoin>;

export const TranslationFacet = z.strictObject({
  /** The server whose tools answer, for whoever reads the description. */
  server: z.string(),
  /** By `Query.list_orders`. */
  fields: z.record(z.string(), TranslatedField),
  /** By `Order.customer`. */
  joins: z.record(z.string(), TranslatedJoin),
});
export type TranslationFacet = z.infer<typeof TranslationFacet>;
