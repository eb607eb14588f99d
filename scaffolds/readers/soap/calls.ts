import type { Json, JsonObject, Omission, SoapCall, SoapCredential, SoapElement } from '@counterpart/schemas';
import { nameHint } from '../styles/name-hint.ts';
import type { SchemaDocument } from './documents.ts';
import { headersOf, type Headers } from './headers.ts';
import { resolveName } from './names.ts';
import type { SoapTypes } from './types.ts';
import type { Direction, WsdlOperation } from './wsdl.ts';

/** An operation of the WSDL as a call and as the POST that says the same. */
export interface SoapMethod {
  readonly path: string;
  readonly wsdl: WsdlOperation;
  readonly call: SoapCall;
  readonly operation: JsonObject;
  /** Elements of the envelope's header that show who calls. */
  readonly credentials: readonly SoapCredential[];
  /** Headers whose element no schema defines. */
  readonly missing: readonly string[];
}

/** One direction's element and its schema; both absent where the body is empty. */
interface Message {
  readonly element?: SoapElement;
  readonly schema?: Json;
}

export const pointerOf = ({ portType, name }: WsdlOperation): string => `#/portType/${portType}/${name}`;

/** Names outside of schemas are resolved as they stand. */
const OUTSIDE = { ns: '', isChameleon: false };

/** Why an operation becomes no tool, or the call that it is. */
export function callOf(wsdl: WsdlOperation, types: SoapTypes, path: string): SoapMethod | Omission {
  const input = messageOf(wsdl, wsdl.input, types, wsdl.name);
  const output = messageOf(wsdl, wsdl.output, types, `${wsdl.name}Response`);
  const set = (reason: string): Omission => ({
    code: 'operation-invalid',
    severity: 'operation',
    subject: wsdl.name,
    reason,
    source: { pointer: pointerOf(wsdl), operationId: wsdl.name },
  });
  if (typeof input === 'string') return set(input);
  if (typeof output === 'string') return set(output);
  const body = inputSchema(input.schema, types);
  const headers = headersOf(wsdl.input?.headers ?? [], types, Object.keys(membersOf(body)));
  const members = headers.members.map(({ json: _json, required: _required, ...member }) => member);
  return {
    path,
    wsdl,
    credentials: headers.credentials,
    missing: headers.missing,
    call: {
      operation: wsdl.name,
      action: wsdl.action,
      ...(input.element === undefined ? {} : { input: input.element }),
      ...(output.element === undefined ? {} : { output: output.element }),
      ...(members.length === 0 ? {} : { headers: members }),
    },
    operation: operationOf(wsdl, withHeaders(input.schema, body, headers.members), output.schema),
  };
}

function messageOf(
  wsdl: WsdlOperation,
  direction: Direction | undefined,
  types: SoapTypes,
  wrapper: string,
): Message | string {
  if (direction === undefined) return {};
  if (direction.use === 'encoded' && wsdl.style !== 'rpc')
    return 'Its messages are document/encoded, a form that SOAP 1.1 does not define.';
  if (wsdl.style === 'rpc') return wrapped(direction, types, wrapper);
  const [part, ...more] = direction.parts;
  if (part === undefined) return {};
  if (more.length > 0)
    return 'Its body has several parts, and only the first would have a place (WS-I BP 1.1, R2210).';
  if (part.element === undefined)
    return `The part ${part.name} of ${direction.message} names a type and no element.`;
  const target = resolveName(part.node, part.element);
  const found = target && types.element(target.ns, target.name);
  if (found === undefined) return `The element ${part.element} is defined nowhere.`;
  return { element: found.element, schema: bodySchema(found.shape.type, found.shape.json) };
}

/** A scalar is a member in JSON: what a tool takes has names. */
const bodySchema = (type: string, json: JsonObject): JsonObject =>
  type.startsWith(':')
    ? { type: 'object', properties: { value: json }, required: ['value'], additionalProperties: false }
    : json;

/** The wrapper of an rpc call, with an element of no namespace for each part (WSDL 1.1, section 3.5). */
function wrapped({ parts, ns, use }: Direction, types: SoapTypes, name: string): Message {
  const fields = parts.map((part) => {
    const outside: SchemaDocument = { root: part.node, ...OUTSIDE };
    const text = part.type ?? part.element ?? '';
    const placed = { node: part.node, document: outside };
    const shape = types.named(text, placed);
    const element = { name: part.name, ns: '', type: shape.type, ...types.typeName(text, placed) };
    return { element, json: shape.json, required: true };
  });
  const { type, json } = types.invented(name, fields);
  return { element: { name, ns, type, ...(use === 'encoded' ? { encoded: true } : {}) }, schema: json };
}

/** The body's own schema, where it is one of the components. */
function inputSchema(schema: Json | undefined, types: SoapTypes): Json | undefined {
  const ref = memberOf(schema, '$ref');
  const name = typeof ref === 'string' ? /^#\/components\/schemas\/(.+)$/.exec(ref)?.[1] : undefined;
  return name === undefined ? schema : types.schemas.get(name);
}

const isMembers = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const memberOf = (schema: Json | undefined, key: string): Json | undefined =>
  isMembers(schema) ? schema[key] : undefined;

const membersOf = (schema: Json | undefined): JsonObject => {
  const members = memberOf(schema, 'properties');
  return isMembers(members) ? members : {};
};

/** The members of the body with those of the header beside them. */
function withHeaders(
  schema: Json | undefined,
  body: Json | undefined,
  headers: Headers['members'],
): Json | undefined {
  if (headers.length === 0) return schema;
  const required = memberOf(body, 'required');
  const needed = [
    ...(Array.isArray(required) ? (required as Json[]) : []),
    ...headers.flatMap((header) => (header.required ? [header.key] : [])),
  ];
  return {
    ...(isMembers(body) ? body : { additionalProperties: false }),
    type: 'object',
    properties: { ...membersOf(body), ...Object.fromEntries(headers.map(({ key, json }) => [key, json])) },
    ...(needed.length === 0 ? {} : { required: needed }),
  };
}

function operationOf(wsdl: WsdlOperation, input: Json | undefined, output: Json | undefined): JsonObject {
  const { documentation, name, service } = wsdl;
  return {
    operationId: name,
    ...nameHint(name),
    ...(documentation === undefined ? { summary: `Calls ${name}.` } : { description: documentation }),
    tags: service === '' ? [] : [service],
    ...(input === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: input } } } }),
    responses:
      output === undefined
        ? { 202: { description: 'Taken; nothing is answered.' } }
        : {
            200: {
              description: 'What the service answers.',
              content: { 'application/json': { schema: output } },
            },
          },
  };
}
