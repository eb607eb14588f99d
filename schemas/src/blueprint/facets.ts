import { z } from 'zod';
import { ToolName } from '../ids.ts';

/**
 * Facets of a blueprint: what a reader may find out about an operation beyond how it is called. Each is optional; a reader
 * that writes none loses nothing, and a writer that knows none makes the same server without them.
 */

/** A JSON pointer into the answer's JSON (RFC 6901): empty for the whole answer, else `/data/items`. */
const Pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/);

/**
 * How a list is read page by page.
 * `page`: `request.page` counts pages. `offset`: `request.page` counts items that are passed over. `cursor`: what
 * `response.next` points to, or `response.last` inside the last item, is the next call's `request.cursor`. `link`:
 * `response.next` gives the address of the next page, in the answer or in its Link header (RFC 8288).
 */
export const Pagination = z.strictObject({
  kind: z.enum(['page', 'offset', 'cursor', 'link']),
  /** Keys of the operation's input; a key with a dot is a path inside `body`, such as `body.start_cursor`. */
  request: z.strictObject({
    page: z.string().optional(),
    limit: z.string().optional(),
    cursor: z.string().optional(),
  }),
  response: z.strictObject({
    /** The list of items. */
    items: Pointer,
    next: z.union([z.literal('link-header'), Pointer]).optional(),
    /** How many items there are in all. */
    total: Pointer.optional(),
    /** A boolean: true while there is another page. */
    more: Pointer.optional(),
    /** Inside the last item: the value that is the next cursor, for services that answer none. */
    last: Pointer.optional(),
  }),
  /** Items a page has when the caller names no limit. */
  pageSize: z.int().min(1).optional(),
  /** Number of the first page, for `page`; 1 unless told. */
  firstPage: z.int().min(0).optional(),
});
export type Pagination = z.infer<typeof Pagination>;

/** Words for search that the tool's own texts lack; data for an index, never shown as a part of the tool. */
export const SearchHints = z.strictObject({
  /** Single words and short phrases, lower case. */
  synonyms: z.array(z.string().max(60)).max(24),
  /** What somebody would ask who needs this operation. */
  questions: z.array(z.string().max(160)).max(6),
});
export type SearchHints = z.infer<typeof SearchHints>;

/** A link of an answer to another operation (OpenAPI Link Object): which of its values are that operation's inputs. */
export const OperationLink = z.strictObject({
  name: z.string(),
  /** Tool that can be called next; absent when it was not built. */
  to: ToolName.optional(),
  /** Status of the answer that has the link. */
  status: z.string(),
  /** Input key → runtime expression such as `$response.body#/id`, or a constant. */
  inputs: z.record(z.string(), z.string()),
  description: z.string().optional(),
});
export type OperationLink = z.infer<typeof OperationLink>;

/** The name that an operation of the source was given once, so that it keeps it whatever is added beside it. */
export const LockedName = z.strictObject({
  name: ToolName,
  /** Finds the operation again when its method or path changes. */
  operationId: z.string().optional(),
  /** Bytes of the largest answer's schema that its tool lists whole, as in the build before; absent in a stored lock. */
  outputBytes: z.number().int().positive().optional(),
});
export type LockedName = z.infer<typeof LockedName>;

/** Names by the operation's place in the source, `METHOD /path` or what the kind of source has instead. */
export const NameLock = z.record(z.string(), LockedName);
export type NameLock = z.infer<typeof NameLock>;
