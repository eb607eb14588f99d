import { z } from 'zod';
import { AuthRequirement, AuthScheme } from './auth.ts';
import { DataCall, DataFacet } from './data.ts';
import { Effect } from '../effect.ts';
import { DatabaseCall, DatabaseFacet } from './database.ts';
import { NameLock, OperationLink, Pagination, SearchHints } from './facets.ts';
import { GraphqlCall, GraphqlFacet } from './graphql.ts';
import { GrpcCall, GrpcFacet } from './grpc.ts';
import { ContentHash, ServerId, ToolName } from '../ids.ts';
import { JsonSchema, JsonValue } from '../json.ts';
import { McpCall, McpFacet } from '../mcp.ts';
import { StreamCall } from './stream.ts';
import { RpcCall, RpcFacet } from './rpc.ts';
import { SoapCall, SoapFacet } from './soap.ts';
import { TranslationFacet } from '../mirror/translation.ts';
import { XmlForm } from './xml.ts';

/**
 * The intermediate form between readers and writers: what a service is, how each field travels on the wire.
 * Plain data; every schema in it is JSON Schema 2020-12 whose references point into `types` as `#/$defs/<name>`.
 */

/** Where a blueprint's part came from, so that every omission and problem can be found in the source. */
export const Provenance = z.strictObject({
  /** JSON pointer in the document as the author wrote it, such as `#/paths/~1pets/get`. */
  pointer: z.string(),
  /** 1-based, when the source is text whose positions are known. */
  line: z.int().min(1).optional(),
  operationId: z.string().optional(),
});
export type Provenance = z.infer<typeof Provenance>;

export const ServerVariable = z.strictObject({
  default: z.string(),
  enum: z.array(z.string()).optional(),
  description: z.string().optional(),
});

/** A base address. `url` may hold `{variables}` and may be relative, then it needs a base URL from the environment. */
export const ServiceServer = z.strictObject({
  url: z.string(),
  description: z.string().optional(),
  variables: z.record(z.string(), ServerVariable).optional(),
});
export type ServiceServer = z.infer<typeof ServiceServer>;

/** OpenAPI 3.2 parameter styles. `content` means: serialised as `contentType`, not by style. */
export const ParameterStyle = z.enum([
  'simple',
  'label',
  'matrix',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'tabDelimited',
  'deepObject',
  'cookie',
  'content',
]);
export type ParameterStyle = z.infer<typeof ParameterStyle>;

/** Carries one top-level property of a tool's input to its place in the HTTP request. */
export const ParameterBinding = z.strictObject({
  /** Property of the input; legal for every client profile. */
  key: z.string(),
  /** Name on the wire, as the description has it. */
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie', 'querystring']),
  style: ParameterStyle,
  explode: z.boolean(),
  required: z.boolean(),
  allowReserved: z.boolean().optional(),
  allowEmptyValue: z.boolean().optional(),
  /** For style `content` and for `querystring`: how the value is serialised. */
  contentType: z.string().optional(),
  /** Sent when the caller gives none: a constant such as a version header. */
  default: JsonValue.optional(),
  /** Made anew for each request, and no input: it names the request itself, as X-Request-ID and traceparent do. */
  made: z.enum(['uuid', 'hex', 'traceparent']).optional(),
  deprecated: z.boolean().optional(),
  /** Renamed keys inside an object value, at any depth: input key → wire name. */
  renames: z.record(z.string(), z.string()).optional(),
});
export type ParameterBinding = z.infer<typeof ParameterBinding>;

/** How one property of a form or multipart body is written (OpenAPI Encoding Object). */
export const PartEncoding = z.strictObject({
  contentType: z.string().optional(),
  style: ParameterStyle.optional(),
  explode: z.boolean().optional(),
  allowReserved: z.boolean().optional(),
});

/**
 * How the body is written. `binary` and multipart file parts take the kit's file value
 * (`{ base64 | text, filename?, mediaType? }`).
 */
export const BodyContent = z.strictObject({
  mediaType: z.string(),
  kind: z.enum(['json', 'form', 'multipart', 'text', 'xml', 'binary', 'ndjson', 'msgpack']),
  schema: JsonSchema,
  encoding: z.record(z.string(), PartEncoding).optional(),
  /** Of kind `xml`: how the value is written. */
  xml: XmlForm.optional(),
  /** Properties of a form or multipart body whose input key differs from the wire name: key → wire name. */
  names: z.record(z.string(), z.string()).optional(),
  /** What in a body makes this content the one that is sent, and not the first: only this one can carry it. */
  sentFor: z
    .strictObject({
      /** The whole body is a file value. */
      file: z.literal(true).optional(),
      /** One of these keys is given. */
      keys: z.array(z.string()).optional(),
      /** A file value is given under one of these keys, which the first content takes with another type. */
      files: z.array(z.string()).optional(),
    })
    .optional(),
});
export type BodyContent = z.infer<typeof BodyContent>;

/** The request body; the caller always gives it under `body`. The first content is sent, unless another one is `sentFor` what the body holds. */
export const BodyBinding = z.strictObject({
  required: z.boolean(),
  contents: z.array(BodyContent).min(1),
  /**
   * Renamed keys inside the body. The one entry `**` holds for objects at any depth: input key → wire name. A key stands
   * for one name in the whole blueprint and is no name of its own in the source, so it can be turned back wherever it
   * stands. `schema` of the contents names input keys.
   */
  renames: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
export type BodyBinding = z.infer<typeof BodyBinding>;

export const ResponseContent = z.strictObject({
  mediaType: z.string(),
  schema: JsonSchema.optional(),
  examples: z.array(JsonValue).optional(),
  /** How the value is written as XML, where the description says so. */
  xml: XmlForm.optional(),
});
export type ResponseContent = z.infer<typeof ResponseContent>;

export const ResponseBinding = z.strictObject({
  /** `200`, `2XX` or `default`. */
  status: z.string().regex(/^(?:[1-5]\d\d|[1-5]XX|default)$/),
  description: z.string().optional(),
  contents: z.array(ResponseContent),
  headers: z.record(z.string(), JsonSchema).optional(),
});
export type ResponseBinding = z.infer<typeof ResponseBinding>;

export const HttpBinding = z.strictObject({
  /** Upper case; anything RFC 9110 allows, such as QUERY. */
  method: z.string().regex(/^[A-Z]+$/),
  /** Template with `{name}` for path parameters; never with a fragment. */
  path: z.string(),
  /** Replaces the blueprint's servers for this operation. */
  servers: z.array(ServiceServer).optional(),
  parameters: z.array(ParameterBinding),
  body: BodyBinding.optional(),
  responses: z.array(ResponseBinding),
  /** Media types to accept, best first. */
  accept: z.array(z.string()),
});
export type HttpBinding = z.infer<typeof HttpBinding>;

export const OperationExample = z.strictObject({
  name: z.string().optional(),
  input: z.record(z.string(), JsonValue),
});

export const Operation = z.strictObject({
  /** The tool's name. */
  name: ToolName,
  title: z.string().optional(),
  /** What the model reads. */
  description: z.string(),
  tags: z.array(z.string()),
  deprecated: z.boolean().optional(),
  effect: Effect,
  /** True when repeating the call does no more than calling once (RFC 9110, 9.2.2). */
  idempotent: z.boolean(),
  source: Provenance,
  /** An object schema without combinators at its root; parameters at top level, the body under `body`. */
  input: JsonSchema,
  /** Schema of the successful answer's JSON, as described; absent when the answer is not JSON. */
  output: JsonSchema.optional(),
  http: HttpBinding,
  /** Alternatives, any one of which is enough; absent: the blueprint's default. */
  auth: z.array(AuthRequirement).optional(),
  examples: z.array(OperationExample).optional(),
  /** What was changed or dropped to make this a tool, in words for the build report. */
  notes: z.array(z.string()).optional(),
  pagination: Pagination.optional(),
  /** Input key of the parameter that makes repeating the call safe: sent with a fresh value, the same one in a retry. */
  idempotencyKey: z.string().optional(),
  links: z.array(OperationLink).optional(),
  /**
   * Bytes of the largest answer's schema that the tool lists whole, where an earlier build had another number of operations:
   * a tool that did not change stays as it was listed. Absent: what the number of operations gives.
   */
  outputBytes: z.number().int().positive().optional(),
  search: SearchHints.optional(),
  /** What a call of a GraphQL service asks; `http` is then the POST that carries it. */
  graphql: GraphqlCall.optional(),
  /** What a call does with the rows of a data file; `http` is then the GET of the file. */
  data: DataCall.optional(),
  /** Which method of a JSON-RPC service a call is; its parameters stand at the top of the input. */
  rpc: RpcCall.optional(),
  /** Which operation of a SOAP service a call is. */
  soap: SoapCall.optional(),
  /** What a call does in a database; `http` is then the request of its REST twin. */
  database: DatabaseCall.optional(),
  /** How a call listens, where the answer does not end. */
  stream: StreamCall.optional(),
  /** Which tool of an MCP server a call is; `http` is then the request of its REST twin. */
  mcp: McpCall.optional(),
  /** Which method of a gRPC service a call is. */
  grpc: GrpcCall.optional(),
});
export type Operation = z.infer<typeof Operation>;

/** The manner in which an operation is called; `http`: as its binding says, and no more. */
export type ApiStyle = 'http' | 'graphql' | 'data' | 'json-rpc' | 'soap' | 'grpc' | StreamCall['kind'];

/** The manner in which an operation is called. */
export function styleOf({ graphql, data, rpc, soap, grpc, stream }: Operation): ApiStyle {
  if (graphql !== undefined) return 'graphql';
  if (data !== undefined) return 'data';
  if (soap !== undefined) return 'soap';
  if (grpc !== undefined) return 'grpc';
  if (stream !== undefined) return stream.kind;
  return rpc === undefined ? 'http' : 'json-rpc';
}

/** Something of the source that did not become a tool, or lost a part, and why. */
export const Omission = z.strictObject({
  code: z.enum([
    'not-selected',
    'reference-missing',
    'reference-remote',
    'reference-cycle',
    'schema-unusable',
    'media-type-unsupported',
    'parameter-unusable',
    'operation-invalid',
    'websocket',
    'path-invalid',
    'marked-internal',
    'duplicate',
    'too-large',
    'webhook',
    'callback',
    'instructions-in-text',
    'traffic-noise',
    'entry-unreadable',
    'source-cut',
    'secrets-redacted',
    'graphql-endpoint',
    'guessed',
    'not-a-tool',
  ]),
  /** `operation`: no tool was made. `part`: a tool was made without this part. `notice`: nothing lost, worth knowing. */
  severity: z.enum(['operation', 'part', 'notice']),
  subject: z.string(),
  reason: z.string(),
  source: Provenance,
});
export type Omission = z.infer<typeof Omission>;

export const BlueprintSource = z.strictObject({
  kind: z.enum([
    'openapi',
    'graphql',
    'har',
    'sample',
    'mcp',
    'json-rpc',
    'soap',
    'database',
    'grpc',
    'postman',
  ]),
  /** The description's own name: a file's base name or a URL without credentials. */
  location: z.string(),
  /** Of the bytes as read. */
  sha256: ContentHash,
  /** Such as `openapi 3.0.3` or `swagger 2.0`. */
  format: z.string(),
  /** Reader and its version, such as `openapi@1`. */
  reader: z.string(),
  /** What of the source was asked for; empty: everything. */
  include: z.array(z.string()).optional(),
});
export type BlueprintSource = z.infer<typeof BlueprintSource>;

export const Blueprint = z.strictObject({
  $schema: z.string().optional(),
  blueprint: z.literal(1),
  id: ServerId,
  title: z.string(),
  /** The service's own version, any text. */
  version: z.string(),
  description: z.string().optional(),
  source: BlueprintSource,
  servers: z.array(ServiceServer),
  auth: z.strictObject({
    schemes: z.record(z.string(), AuthScheme),
    default: z.array(AuthRequirement),
  }),
  operations: z.array(Operation),
  /** Shared schemas by name; names match `[A-Za-z0-9_.-]+`, so a reference needs no escaping. */
  types: z.record(z.string(), JsonSchema),
  omitted: z.array(Omission),
  /** Of every operation of the source, built or not. */
  names: NameLock.optional(),
  /** The schema of a GraphQL service. */
  graphql: GraphqlFacet.optional(),
  /** The files that a data server reads. */
  data: DataFacet.optional(),
  /** Where a JSON-RPC service listens. */
  rpc: RpcFacet.optional(),
  /** How the envelopes of a SOAP service are written. */
  soap: SoapFacet.optional(),
  /** The tables of a database. */
  database: DatabaseFacet.optional(),
  /** What an MCP server says of itself. */
  mcp: McpFacet.optional(),
  /** The messages of a gRPC service. */
  grpc: GrpcFacet.optional(),
  /** Made from the tools of a server, which answer it. */
  translation: TranslationFacet.optional(),
});
export type Blueprint = z.infer<typeof Blueprint>;

/** What a caller gives where bytes go (binary bodies, multipart files): one of `base64` and `text`. */
export const FILE_VALUE_SCHEMA = {
  type: 'object',
  description: 'A file: its content as base64 or as text.',
  properties: {
    base64: { type: 'string', description: 'Content, base64.' },
    text: { type: 'string', description: 'Content, when it is text.' },
    filename: { type: 'string' },
    mediaType: { type: 'string', description: 'Such as image/png.' },
  },
  additionalProperties: false,
} as const satisfies JsonSchema;
