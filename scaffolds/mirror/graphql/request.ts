import type { Json, JsonObject } from '@counterpart/schemas';
import type { RawRequest } from '../request/decode-request.ts';
import { isArray, isObject } from '../schema/json-value.ts';

/** What a client asks. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: JsonObject;
  readonly operationName: string | undefined;
}

/** A request that is none: what is wrong with it, and its status. */
export class MalformedRequest extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = 'MalformedRequest';
    this.status = status;
  }
}

/** Checks the members of a request (GraphQL over HTTP, section 5); throws MalformedRequest. */
export function toRequest(value: Json | undefined): GraphqlRequest {
  if (isArray(value)) throw new MalformedRequest('Several requests in one are not taken; send one object.');
  if (!isObject(value)) throw new MalformedRequest('The request is no JSON object.');
  const { query, variables, operationName } = value;
  if (typeof query !== 'string')
    throw new MalformedRequest('The request has no `query`, the text of the document.');
  if (variables !== undefined && variables !== null && !isObject(variables))
    throw new MalformedRequest('`variables` is no JSON object.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw new MalformedRequest('`operationName` is no text.');
  return { query, variables: variables ?? {}, operationName: operationName ?? undefined };
}

function parsed(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json; // parsing makes nothing but JSON
  } catch {
    throw new MalformedRequest(`${what} is not JSON.`);
  }
}

function fromQuery({ query }: RawRequest): GraphqlRequest {
  const given = new URLSearchParams(query);
  const variables = given.get('variables');
  return toRequest({
    ...(given.has('query') ? { query: given.get('query') } : {}),
    ...(variables === null ? {} : { variables: parsed(variables, '`variables`') }),
    ...(given.has('operationName') ? { operationName: given.get('operationName') } : {}),
  });
}

/** Puts a value at a place such as `variables.files.0`. */
function put(root: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [head = '', ...rest] = path;
  const below = root[head];
  const inner: JsonObject = isArray(below)
    ? Object.fromEntries(below.entries())
    : isObject(below)
      ? below
      : {};
  const changed = rest.length === 0 ? value : put(inner, rest, value);
  const isList = isArray(below) && isObject(changed);
  return { ...root, [head]: isList ? Object.values(changed) : changed };
}

/** A form with files (GraphQL multipart request, version 2); of each file its name, type and size stand in its place. */
async function fromForm(raw: RawRequest): Promise<GraphqlRequest> {
  const headers = { 'content-type': raw.headers.get('content-type') ?? '' };
  const form = await new Response(Uint8Array.from(raw.body), { headers }).formData().catch(() => {
    throw new MalformedRequest('The form cannot be read.');
  });
  const field = (name: string): Json => {
    const text = form.get(name);
    if (typeof text !== 'string') throw new MalformedRequest(`The form has no field \`${name}\`.`);
    return parsed(text, `\`${name}\``);
  };
  const [operations, map] = [field('operations'), field('map')];
  if (!isObject(operations) || !isObject(map))
    throw new MalformedRequest('`operations` and `map` are no JSON objects.');
  const whole = Object.entries(map).reduce((request, [key, places]) => {
    const file = form.get(key);
    if (file === null || typeof file === 'string')
      throw new MalformedRequest(`The form has no file \`${key}\`.`);
    const value = { name: file.name, type: file.type, size: file.size };
    const list = isArray(places) ? places.filter((place) => typeof place === 'string') : [];
    return list.reduce<JsonObject>((at, place) => put(at, place.split('.'), value), request);
  }, operations);
  return toRequest(whole);
}

/** The request inside an HTTP request; throws MalformedRequest. */
export async function readRequest(raw: RawRequest): Promise<GraphqlRequest> {
  if (raw.method === 'GET') return fromQuery(raw);
  if (raw.method !== 'POST') throw new MalformedRequest('Requests are sent by POST, or queries by GET.', 405);
  const type = (raw.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') return fromForm(raw);
  const text = new TextDecoder().decode(raw.body);
  if (type === 'application/graphql') return toRequest({ query: text });
  if (type !== '' && !/[/+]json$/.test(type))
    throw new MalformedRequest(`Requests are application/json, not ${type}.`, 415);
  return toRequest(parsed(text, 'The request'));
}
