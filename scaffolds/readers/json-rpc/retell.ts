import type { Json, JsonObject, Omission, RpcCall, RpcParams } from '@counterpart/schemas';
import { isObject, listMember, member, objectMember, textMember } from '../openapi/source/json-tree.ts';
import { nameHint } from '../styles/name-hint.ts';
import { dereferenced } from './document.ts';

/** One method of the service, ready to be retold. */
export interface Method {
  readonly name: string;
  /** In `methods` of the document. */
  readonly index: number;
  readonly call: RpcCall;
  /** The POST that says the same. */
  readonly operation: JsonObject;
}

interface Parameter {
  readonly name: string;
  readonly schema: Json;
  readonly required: boolean;
}

const PARAMS = ['by-name', 'by-position', 'either'] as const;

/** The method of an entry of `methods`, or why it becomes no tool. */
export function methodAt(root: JsonObject, entry: Json, index: number): Method | Omission {
  const value = dereferenced(root, entry);
  const name = textMember(value, 'name') ?? '';
  const set = (code: Omission['code'], reason: string): Omission => ({
    code,
    severity: 'operation',
    subject: name === '' ? `method ${index + 1}` : name,
    reason,
    source: { pointer: `#/methods/${index}` },
  });
  if (!isObject(value)) return set('reference-missing', 'Its reference leads nowhere inside the document.');
  if (name === '') return set('operation-invalid', 'It has no name.');
  if (name.startsWith('rpc.')) return set('not-a-tool', 'Methods of this beginning belong to the protocol.');
  if (value['result'] === undefined)
    return set('not-a-tool', 'It has no result: it is a notification, which a service never answers.');
  const parameters = listMember(value, 'params').map((one) => parameterOf(root, one));
  if (parameters.some((one) => one === undefined))
    return set('parameter-unusable', 'A parameter has no name, or its reference leads nowhere.');
  const known = parameters.filter((one) => one !== undefined);
  if (new Set(known.map((one) => one.name)).size < known.length)
    return set('parameter-unusable', 'Two of its parameters have the same name.');
  return {
    name,
    index,
    call: callOf(root, value, known),
    operation: operationOf(root, value, known),
  };
}

function parameterOf(root: JsonObject, entry: Json): Parameter | undefined {
  const value = dereferenced(root, entry);
  const name = textMember(value, 'name');
  if (name === undefined || name === '') return undefined;
  const given = member(value, 'schema') ?? true;
  const words = textMember(value, 'description') ?? textMember(value, 'summary');
  const schema = isObject(given) && words !== undefined ? described(given, words) : given;
  return { name, schema, required: member(value, 'required') === true };
}

/** The parameter's own words go before those of its type. */
const described = (schema: JsonObject, description: string): JsonObject =>
  schema['$ref'] === undefined ? { ...schema, description } : { allOf: [schema], description };

function callOf(root: JsonObject, method: JsonObject, parameters: readonly Parameter[]): RpcCall {
  const structure = PARAMS.find((one) => one === method['paramStructure']);
  const errors = listMember(method, 'errors').flatMap((entry) => {
    const value = dereferenced(root, entry);
    const [code, message] = [member(value, 'code'), textMember(value, 'message')];
    return typeof code === 'number' && Number.isInteger(code) && message !== undefined
      ? [{ code, message: message.slice(0, 300) }]
      : [];
  });
  return {
    method: textMember(method, 'name') ?? '',
    params: structure ?? ('either' satisfies RpcParams),
    order: parameters.map(({ name }) => name),
    ...(errors.length === 0 ? {} : { errors }),
  };
}

function operationOf(root: JsonObject, method: JsonObject, parameters: readonly Parameter[]): JsonObject {
  const example = exampleOf(root, method, parameters);
  const result = dereferenced(root, method['result']);
  const required = parameters.filter((one) => one.required).map(({ name }) => name);
  const schema: JsonObject = {
    type: 'object',
    properties: Object.fromEntries(parameters.map((one) => [one.name, one.schema])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
  const body: JsonObject = {
    required: required.length > 0,
    content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
  };
  const answer: JsonObject = {
    description: textMember(result, 'description') ?? textMember(result, 'name') ?? 'The result.',
    content: { 'application/json': { schema: member(result, 'schema') ?? true } },
  };
  const words = ['summary', 'description'].flatMap((key): [string, Json][] => {
    const text = textMember(method, key);
    return text === undefined ? [] : [[key, text]];
  });
  const tags = listMember(method, 'tags').flatMap((tag) => textMember(dereferenced(root, tag), 'name') ?? []);
  return {
    operationId: textMember(method, 'name') ?? '',
    ...nameHint(textMember(method, 'name') ?? ''),
    // The path that stands for the method is nowhere called.
    ...(words.length === 0
      ? { description: `Calls ${textMember(method, 'name') ?? ''}.` }
      : Object.fromEntries(words)),
    tags,
    ...(method['deprecated'] === true ? { deprecated: true } : {}),
    ...(parameters.length === 0 ? {} : { requestBody: body }),
    responses: { 200: answer },
  };
}

/** The parameters of the first example that has any, by name. */
function exampleOf(
  root: JsonObject,
  method: JsonObject,
  parameters: readonly Parameter[],
): JsonObject | undefined {
  for (const entry of listMember(method, 'examples')) {
    const given = listMember(dereferenced(root, entry), 'params').map((one) => dereferenced(root, one));
    const values = given.flatMap((one, index): [string, Json][] => {
      const name = parameters.find((known) => known.name === textMember(one, 'name'))?.name;
      const value = isObject(one) ? one['value'] : undefined;
      const key = name ?? parameters[index]?.name;
      return value === undefined || key === undefined ? [] : [[key, value]];
    });
    if (values.length > 0) return Object.fromEntries(values);
  }
  return undefined;
}

/** What the OpenAPI document takes over as it stands. */
export function aboutOf(root: JsonObject): JsonObject {
  const components = objectMember(root, 'components');
  return { info: objectMember(root, 'info'), components };
}
