import type { Json, JsonObject, Omission, SoapCall, SoapElement } from '@counterpart/schemas';
import { nameHint } from '../styles/name-hint.ts';
import type { SchemaDocument } from './documents.ts';
import { resolveName } from './names.ts';
import type { SoapTypes } from './types.ts';
import type { Direction, WsdlOperation } from './wsdl.ts';

/** An operation of the WSDL as a call and as the POST that says the same. */
export interface SoapMethod {
  readonly path: string;
  readonly wsdl: WsdlOperation;
  readonly call: SoapCall;
  readonly operation: JsonObject;
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
  return {
    path,
    wsdl,
    call: {
      operation: wsdl.name,
      action: wsdl.action,
      ...(input.element === undefined ? {} : { input: input.element }),
      ...(output.element === undefined ? {} : { output: output.element }),
    },
    operation: operationOf(wsdl, input, output),
  };
}

function messageOf(
  wsdl: WsdlOperation,
  direction: Direction | undefined,
  types: SoapTypes,
  wrapper: string,
): Message | string {
  if (direction === undefined) return {};
  if (direction.use === 'encoded')
    return 'Its messages are rpc/encoded, a form that the Basic Profile rules out (WS-I BP 1.1, R2706).';
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
function wrapped({ parts, ns }: Direction, types: SoapTypes, name: string): Message {
  const fields = parts.map((part) => {
    const outside: SchemaDocument = { root: part.node, ...OUTSIDE };
    const text = part.type ?? part.element ?? '';
    const shape = types.named(text, { node: part.node, document: outside });
    return { element: { name: part.name, ns: '', type: shape.type }, json: shape.json, required: true };
  });
  const { type, json } = types.invented(name, fields);
  return { element: { name, ns, type }, schema: json };
}

function operationOf(wsdl: WsdlOperation, input: Message, output: Message): JsonObject {
  const { documentation, name, service } = wsdl;
  return {
    operationId: name,
    ...nameHint(name),
    ...(documentation === undefined ? { summary: `Calls ${name}.` } : { description: documentation }),
    tags: service === '' ? [] : [service],
    ...(input.schema === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: input.schema } } } }),
    responses:
      output.schema === undefined
        ? { 202: { description: 'Taken; nothing is answered.' } }
        : {
            200: {
              description: 'What the service answers.',
              content: { 'application/json': { schema: output.schema } },
            },
          },
  };
}
