import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isNumber, wholeNumber } from '@counterpart/schemas/exact-json';
import type { DecodedRequest } from '../request/decode-request.ts';
import { isObject, own } from '../schema/json-value.ts';
import type { SchemaBook } from '../schema/schema-book.ts';

/** Members that commonly hold the thing itself when an answer is wrapped. */
const ENVELOPES = ['data', 'result', 'item'];
const MAX_FIELDS = 200;

const plain = (name: string): string => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();

/** Sets a member if that leaves the answer true to its schema. */
type Place = (path: readonly string[], value: Json) => void;

function withMember(root: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return root;
  const inner = own(root, name);
  return { ...root, [name]: rest.length > 0 && isObject(inner) ? withMember(inner, rest, value) : value };
}

/** The object an answer is about, and the path to it. */
function subject(answer: JsonObject): { readonly path: readonly string[]; readonly members: JsonObject } {
  for (const name of ENVELOPES) {
    const inner = own(answer, name);
    if (isObject(inner)) return { path: [name], members: inner };
  }
  return { path: [], members: answer };
}

/** Readings of a path value as an answer may hold it. */
function variants(value: Json): readonly Json[] {
  if (isNumber(value)) return [value, String(value)];
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return [value, wholeNumber(value)];
  return [value];
}

/** The last path parameter names the thing itself, when it is called an identifier. */
function namesForParameter(name: string, isLast: boolean): readonly string[] {
  return isLast && /(?:id|key|name|number|slug|uid|sid)$/i.test(name)
    ? [name, 'id', 'uuid', 'sid', 'gid', 'key']
    : [name];
}

function echoPath(request: DecodedRequest, answer: JsonObject, place: Place): void {
  const { path, members } = subject(answer);
  const inPath = request.parameters.filter(({ binding }) => binding.in === 'path');
  const endsWithParameter =
    request.operation.http.path.endsWith('}') || /\}\.\w+$/.test(request.operation.http.path);
  for (const [index, { binding, value }] of inPath.entries()) {
    if (value === undefined) continue;
    const isLast = endsWithParameter && index === inPath.length - 1;
    const wanted = namesForParameter(binding.name, isLast);
    const member = wanted.flatMap((name) =>
      Object.keys(members).filter((key) => plain(key) === plain(name)),
    )[0];
    if (member !== undefined)
      for (const variant of variants(value).toReversed()) place([...path, member], variant);
  }
}

function echoFields(source: JsonObject, target: JsonObject, path: readonly string[], place: Place): void {
  for (const [name, value] of Object.entries(source).slice(0, MAX_FIELDS)) {
    if (!Object.hasOwn(target, name)) continue;
    const inner = own(target, name);
    if (isObject(value) && isObject(inner) && path.length < 4)
      echoFields(value, inner, [...path, name], place);
    else place([...path, name], value);
  }
}

function echoBody(request: DecodedRequest, answer: JsonObject, place: Place): void {
  const sent = request.body?.wire;
  if (!isObject(sent) || !['POST', 'PUT', 'PATCH'].includes(request.operation.http.method)) return;
  echoFields(sent, answer, [], place);
  const { path, members } = subject(answer);
  if (path.length === 0) return;
  const unwrapped = subject(sent);
  echoFields(unwrapped.members, members, path, place);
}

/**
 * An answer that speaks of what was asked: identifiers of the path and fields of the body stand in it wherever it has a
 * member of that name and its schema accepts the value.
 */
export function echoRequest(
  request: DecodedRequest,
  answer: Json,
  schema: JsonSchema,
  book: SchemaBook,
): Json {
  if (!isObject(answer)) return answer;
  let current = answer;
  const place: Place = (path, value) => {
    const changed = withMember(current, path, value);
    if (book.accepts(schema, changed)) current = changed;
  };
  echoBody(request, answer, place);
  echoPath(request, answer, place);
  return current;
}
