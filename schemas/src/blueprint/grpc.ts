import { z } from 'zod';

/**
 * Facets of a gRPC service: the messages of its protocol buffers. `http` of its operations is the call as the mirror's
 * engine reads it, a POST of JSON to `/<service>/<method>`; on the wire a call is messages over HTTP/2 to that same path.
 */

export const GrpcScalar = z.enum([
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
]);
export type GrpcScalar = z.infer<typeof GrpcScalar>;

/** A field, under its name in JSON. */
export const GrpcField = z.strictObject({
  name: z.string(),
  number: z.int().min(1),
  /** A scalar; or `message` and `enum`, whose full name is `of`. */
  type: z.union([GrpcScalar, z.enum(['message', 'enum', 'group'])]),
  of: z.string().optional(),
  repeated: z.boolean().optional(),
  packed: z.boolean().optional(),
  /** Of a map: the type of its keys; `type` and `of` are those of its values. */
  key: GrpcScalar.optional(),
  /** Absent is told apart from zero: a member of a oneof, an optional field. */
  presence: z.boolean().optional(),
  /** Name of the oneof it is a member of: at most one of them has a value. */
  oneof: z.string().optional(),
});
export type GrpcField = z.infer<typeof GrpcField>;

export const GrpcCall = z.strictObject({
  /** Full names. */
  service: z.string(),
  method: z.string(),
  input: z.string(),
  output: z.string(),
  /** Of a message whose JSON is no object of inputs: the input key that holds it. */
  message: z.string().optional(),
  /** Of a method that takes a stream: the input key that holds its messages. */
  messages: z.string().optional(),
  /** Of a method that answers with a stream: the input keys that bound it: how many messages, how many seconds. */
  bounds: z.strictObject({ messages: z.string(), seconds: z.string() }).optional(),
});
export type GrpcCall = z.infer<typeof GrpcCall>;

export const GrpcFacet = z.strictObject({
  /** Fields of each message, by full name; without the well-known types. */
  messages: z.record(z.string(), z.array(GrpcField)),
  /** Numbers of each enum's values, by full name. */
  enums: z.record(z.string(), z.record(z.string(), z.int())),
});
export type GrpcFacet = z.infer<typeof GrpcFacet>;
