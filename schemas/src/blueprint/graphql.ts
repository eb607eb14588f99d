import { z } from 'zod';

/**
 * Facets of a GraphQL service: what the kit needs to send an operation with other fields than the usual ones, and what
 * the mirror executes. Types are kept as the GraphQL text of one definition each, the shortest form that loses nothing;
 * whoever needs one parses that one.
 */

export const GraphqlOperationKind = z.enum(['query', 'mutation', 'subscription']);
export type GraphqlOperationKind = z.infer<typeof GraphqlOperationKind>;

const GraphqlName = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]*$/);

/** Where an input goes: the name of the argument, which the variable has too, and the variable's type. */
export const GraphqlVariable = z.strictObject({
  name: GraphqlName,
  /** Type of the variable, such as `[ID!]!`. */
  type: z.string(),
  /** Sent when the caller gives neither this nor one of `unless`: services ask for a page's size. */
  usual: z.strictObject({ value: z.int(), unless: z.array(GraphqlName) }).optional(),
});
export type GraphqlVariable = z.infer<typeof GraphqlVariable>;

/** One root field as a tool. */
export const GraphqlFieldCall = z.strictObject({
  kind: z.literal('field'),
  operation: GraphqlOperationKind,
  field: GraphqlName,
  /** Text of the request, with the fields that are selected unless the caller says others. */
  document: z.string(),
  /** Input key → variable. */
  variables: z.record(z.string(), GraphqlVariable),
  /** Input key that takes the fields to select; absent where the answer has no fields. */
  selection: z.string().optional(),
  /** Input keys that bound a subscription: how many events, how many seconds. */
  bounds: z.strictObject({ events: z.string(), seconds: z.string() }).optional(),
});
export type GraphqlFieldCall = z.infer<typeof GraphqlFieldCall>;

/** A tool over the whole schema: it finds and explains types, checks a document or executes one. */
export const GraphqlSchemaCall = z.strictObject({
  kind: z.literal('schema'),
  does: z.enum(['search', 'describe', 'validate', 'query', 'mutation', 'subscription']),
});
export type GraphqlSchemaCall = z.infer<typeof GraphqlSchemaCall>;

export const GraphqlCall = z.discriminatedUnion('kind', [GraphqlFieldCall, GraphqlSchemaCall]);
export type GraphqlCall = z.infer<typeof GraphqlCall>;

/** A GraphQL service's schema. */
export const GraphqlFacet = z.strictObject({
  /** Path that requests are sent to. */
  path: z.string(),
  /** Names of the root types. */
  roots: z.partialRecord(GraphqlOperationKind, GraphqlName),
  /** Definition of every type but the ones each service has, by name. */
  types: z.record(GraphqlName, z.string()),
  /** Definitions of the directives that documents may use, by name; without `skip` and `include`. */
  directives: z.record(GraphqlName, z.string()),
});
export type GraphqlFacet = z.infer<typeof GraphqlFacet>;
