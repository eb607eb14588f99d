import {
  hubError,
  type GrpcCall,
  type GrpcFacet,
  type Json,
  type JsonObject,
  type JsonSchema,
  type Omission,
  type Operation,
} from '@counterpart/schemas';
import type protobuf from 'protobufjs';
import { isObject, objectMember } from '../openapi/source/json-tree.ts';
import { wordsOf } from '../openapi/text/names.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { readAsRest } from '../styles/as-rest.ts';
import { effectOfName } from '../styles/effect.ts';
import { nameHint } from '../styles/name-hint.ts';
import { facetFor } from './facet.ts';
import { STAND_IN } from './mend.ts';
import { commentOf, fullName, messagesIn } from './names.ts';
import { readProto, type ProtoRoot } from './root.ts';
import { GrpcTypes } from './types.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'grpc@1';

/** A description of this kind says nothing of credentials: these are what such services take, each when it is set. */
const SCHEMES: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'Sent as metadata when it is set; the description does not say whether it must be.',
  },
  certificate: { type: 'mutualTLS' },
};
const SECURITY: JsonObject[] = [{ bearer: [], certificate: [] }, { bearer: [] }, { certificate: [] }, {}];

/** Input keys of streams; no field of a message is called so, for names in JSON have no underscore of their own. */
const BOUNDS = { messages: 'max_messages', seconds: 'max_seconds' };
const GIVEN = 'messages';
const MOST_GIVEN = 1_000;

const BOUND_INPUTS: JsonObject = {
  [BOUNDS.messages]: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000,
    default: 20,
    description: 'Ends the stream after this many messages.',
  },
  [BOUNDS.seconds]: {
    type: 'integer',
    minimum: 1,
    maximum: 300,
    default: 10,
    description: 'Ends the stream after this many seconds.',
  },
};

interface GrpcMethod {
  readonly path: string;
  readonly method: protobuf.Method;
  readonly operation: JsonObject;
  readonly call: GrpcCall;
}

/**
 * Compiles protocol buffers (their source, a set of descriptors, or what reflection found) into a blueprint: a tool for each
 * method, streams as lists within bounds. Rejects with PROTO_UNREADABLE, SOURCE_EMPTY or INCLUDE_UNMATCHED.
 */
export async function readGrpc(source: SourceText, given: ReadOptions): Promise<ReadResult> {
  const options = { ...given, baseUrl: given.baseUrl?.replace(/^grpc(?=s?:)/i, 'http') };
  const proto = await readProto(source);
  const { services, format } = proto;
  const types = new GrpcTypes(proto.isLeftOut);
  const all = services.flatMap((service) =>
    service.methodsArray.map((method) => methodOf(proto, service, method, types)),
  );
  const methods = all.filter((one) => 'call' in one);
  if (methods.length === 0) throw nothingToCall(source, services.length, [...all, ...unreadOf(proto)]);
  if (types.hasAny)
    for (const type of messagesIn(proto.root)) if (type.name !== STAND_IN) types.message(type);
  const byPath = new Map(methods.map((one) => [one.path, one]));
  const { blueprint, total } = await readAsRest(
    {
      document: documentOf(source, options, { services, methods, types }),
      omitted: [...proto.omitted, ...all.filter((one) => 'severity' in one)],
      pointerOf: (pointer) => pointerInSource(pointer, byPath),
      asCalled(operation, isAtTop) {
        const found = byPath.get(operation.http.path);
        return found === undefined ? {} : calledAs(found, operation, isAtTop);
      },
    },
    source,
    options,
  );
  const known: GrpcFacet = {
    messages: Object.fromEntries(types.messages),
    enums: Object.fromEntries(types.enums),
  };
  return {
    total,
    blueprint: {
      ...blueprint,
      source: { ...blueprint.source, kind: 'grpc', format, reader: READER },
      grpc: facetFor(blueprint.operations, known),
    },
  };
}

/** Files that could not be read: what is missing may stand in them. */
const unreadOf = ({ omitted }: ProtoRoot): Omission[] =>
  omitted.filter(({ severity }) => severity === 'operation');

function nothingToCall(source: SourceText, services: number, all: readonly (GrpcMethod | Omission)[]): Error {
  const reasons = all.flatMap((one) => ('severity' in one ? [`${one.subject}: ${one.reason}`] : []));
  const [first = ''] = reasons;
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  const methods =
    reasons.length === 0 ? 'its services have no method' : `no method can be called; ${first}${more}`;
  return hubError('SOURCE_EMPTY', {
    source: source.location,
    detail: services === 0 ? `it defines no service${first === '' ? '' : `; ${first}${more}`}` : methods,
  });
}

function methodOf(
  proto: ProtoRoot,
  service: protobuf.Service,
  method: protobuf.Method,
  types: GrpcTypes,
): GrpcMethod | Omission {
  const home = fullName(service);
  const missing = proto.missingOf(method);
  const { resolvedRequestType: input, resolvedResponseType: output } = method;
  const set = (code: Omission['code'], reason: string): Omission => ({
    code,
    severity: 'operation',
    subject: `${home}.${method.name}`,
    reason,
    source: { pointer: `#/${home}/${method.name}`, operationId: method.name },
  });
  if (missing !== undefined || input === null || output === null)
    return set('reference-missing', `Its message ${missing ?? ''} is defined nowhere.`);
  const name = fullName(input);
  const takesStream = method.requestStream === true;
  return {
    path: `/${home}/${method.name}`,
    method,
    operation: operationOf(service, method, {
      input: types.message(input),
      output: types.message(output),
    }),
    call: {
      service: home,
      method: method.name,
      input: name,
      output: fullName(output),
      ...(takesStream ? { messages: GIVEN } : {}),
      ...(method.responseStream === true ? { bounds: BOUNDS } : {}),
    },
  };
}

interface Carried {
  readonly input: JsonObject;
  readonly output: JsonObject;
}

function operationOf(
  service: protobuf.Service,
  method: protobuf.Method,
  { input, output }: Carried,
): JsonObject {
  const comment = commentOf(method) ?? `Calls ${method.name}.`;
  const isStream = method.responseStream === true;
  const ends = isStream ? ' The answers come as a stream, which ends after max_messages or max_seconds.' : '';
  const request = requestOf(method, input);
  return {
    operationId: method.name,
    ...nameHint(method.name),
    ...nameOfWord(service, method),
    description: `${comment}${ends}`,
    tags: [service.name],
    ...(method.options?.['deprecated'] === true ? { deprecated: true } : {}),
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: request } } } }),
    responses: {
      200: {
        description: 'The answer.',
        content: {
          'application/json': { schema: isStream ? streamOf(output) : output },
        },
      },
    },
  };
}

/** A method called by one word is named with what its service is about: `Get` of `ToyService` is get_toy. */
function nameOfWord({ name: service }: protobuf.Service, { name }: protobuf.Method): JsonObject {
  const [verb, ...others] = wordsOf(name);
  const about = wordsOf(service).filter((word, at) => at === 0 || !/^(?:service|api|rpc)$/.test(word));
  if (verb === undefined || others.length > 0) return {};
  return { 'x-mcp': { name: [verb, ...about].join('_') } };
}

/** What is sent; undefined where that is nothing. */
function requestOf({ requestStream }: protobuf.Method, input: JsonObject): JsonObject | undefined {
  const words = 'The messages of the stream, in this order; all are sent, then the answer is read.';
  if (requestStream === true)
    return {
      type: 'object',
      properties: { [GIVEN]: { type: 'array', items: input, maxItems: MOST_GIVEN, description: words } },
      required: [GIVEN],
      additionalProperties: false,
    };
  const { properties } = input;
  return isObject(properties) && Object.keys(properties).length === 0 ? undefined : input;
}

const streamOf = (output: JsonObject): JsonObject => ({
  type: 'object',
  properties: {
    messages: { type: 'array', items: output },
    complete: { type: 'boolean', description: 'The service ended the stream; false: it was left, or broke.' },
    error: { type: 'string', description: 'Why the stream broke after these messages.' },
  },
  required: ['messages', 'complete'],
});

function calledAs({ method, call }: GrpcMethod, { input }: Operation, isAtTop: boolean): Partial<Operation> {
  const level: unknown = method.options?.['idempotency_level'];
  const judged = effectOfName(method.name);
  const effect =
    level === 'NO_SIDE_EFFECTS' || level === 1
      ? { effect: 'read' as const, idempotent: true }
      : level === 'IDEMPOTENT' || level === 2
        ? { ...judged, idempotent: true }
        : judged;
  // The JSON of such a message is a value, and stands under a key of its own.
  const called = isAtTop ? call : { ...call, message: 'body' };
  return { ...effect, grpc: called, ...(call.bounds === undefined ? {} : { input: withBounds(input) }) };
}

function withBounds(input: JsonSchema): JsonSchema {
  if (!isObject(input)) return input;
  return { ...input, properties: { ...objectMember(input, 'properties'), ...BOUND_INPUTS } };
}

interface Parts {
  readonly services: readonly protobuf.Service[];
  readonly methods: readonly GrpcMethod[];
  readonly types: GrpcTypes;
}

function documentOf(
  { location, endpoint }: SourceText,
  { baseUrl }: ReadOptions,
  { services, methods, types }: Parts,
): JsonObject {
  const [service] = services;
  const described = service && commentOf(service);
  const base = (location.split('/').at(-1) ?? '').replace(/\.\w+$/, '');
  const url = baseUrl ?? endpoint;
  const servers: Json[] = url === undefined ? [] : [{ url }];
  return {
    openapi: '3.1.0',
    info: {
      title: services.length === 1 ? (service?.name ?? base) : base,
      version: '',
      ...(described === undefined ? {} : { description: described }),
    },
    servers,
    security: SECURITY,
    components: { securitySchemes: SCHEMES, schemas: Object.fromEntries(types.schemas) },
    paths: Object.fromEntries(methods.map(({ path, operation }) => [path, { post: operation }])),
  };
}

function pointerInSource(pointer: string, byPath: ReadonlyMap<string, GrpcMethod>): string {
  const [, path] = /^#\/paths\/([^/]+)/.exec(pointer) ?? [];
  if (path !== undefined) {
    const plain = path.replaceAll('~1', '/').replaceAll('~0', '~');
    return byPath.has(plain) ? `#${plain}` : '#';
  }
  const [, type, member] = /^#\/components\/schemas\/([^/]+)(?:\/properties\/([^/]+))?/.exec(pointer) ?? [];
  return type === undefined ? '#' : `#/${type}${member === undefined ? '' : `/${member}`}`;
}
