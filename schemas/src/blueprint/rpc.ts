import { z } from 'zod';

/**
 * Facets of a JSON-RPC 2.0 service. `http` of its operations is the call as the mirror's engine reads it: a POST of the
 * parameters to `/<method>`; on the wire every call is a request object to the one path of the facet.
 */

/** How parameters travel: `either` means that the service takes both forms (OpenRPC, `paramStructure`). */
export const RpcParams = z.enum(['by-name', 'by-position', 'either']);
export type RpcParams = z.infer<typeof RpcParams>;

/** An error that the service declares; `code` is one of its own or of the specification (section 5.1). */
export const RpcError = z.strictObject({ code: z.int(), message: z.string() });
export type RpcError = z.infer<typeof RpcError>;

export const RpcCall = z.strictObject({
  method: z.string(),
  params: RpcParams,
  /** Names of the parameters as the service has them, in its order. */
  order: z.array(z.string()),
  errors: z.array(RpcError).optional(),
});
export type RpcCall = z.infer<typeof RpcCall>;

export const RpcFacet = z.strictObject({
  /** Path that every call is sent to, with a slash before it. */
  path: z.string(),
});
export type RpcFacet = z.infer<typeof RpcFacet>;
