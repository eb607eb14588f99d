import type { Json, JsonSchema, ParameterBinding } from '@counterpart/schemas';
import { coerceText, coerceTree, declaresMember, possibleTypes, type Typing } from './coerce.ts';
import { readFormText } from './form-text.ts';
import { headerValue } from './header-value.ts';
import { isObject, parseJson } from '../schema/json-value.ts';
import { namesOf, renameMembers } from './renames.ts';
import { readSegment, shapeParts } from './wire-parts.ts';
import {
  bracketPath,
  decodeText,
  emptyTree,
  insert,
  MalformedText,
  parsePairs,
  toJson,
  type WirePair,
} from './wire-tree.ts';

/** The parts of a request that hold parameters, still encoded. */
export interface WireSource {
  readonly pathValues: ReadonlyMap<string, string>;
  readonly query: string;
  readonly pairs: readonly WirePair[];
  readonly headers: Headers;
  readonly cookies: readonly WirePair[];
  /** Query names that other parameters or credentials own. */
  readonly claimed: ReadonlySet<string>;
}

export interface ReadParameter {
  /** Undefined: not given. */
  readonly value: Json | undefined;
  /** Query names this parameter was read from. */
  readonly used: readonly string[];
}

const ABSENT: ReadParameter = { value: undefined, used: [] };

const DELIMITERS: Readonly<Partial<Record<ParameterBinding['style'], RegExp>>> = {
  form: /,/,
  cookie: /,/,
  spaceDelimited: /%20|\+| /,
  pipeDelimited: /\||%7C/i,
  tabDelimited: /\t|%09/,
};

/** `name=a&name=b`, `name=a,b` and their delimited kin. */
function readForm(
  binding: ParameterBinding,
  raws: readonly string[],
  schema: JsonSchema,
  typing: Typing,
): Json {
  const decode = (text: string): string =>
    decodeText(text, binding.in === 'query' && binding.allowReserved !== true);
  const [first = '', ...more] = raws;
  if (more.length > 0) return coerceTree(raws.map(decode), schema, typing);
  const delimiter = binding.explode ? undefined : DELIMITERS[binding.style];
  if (!delimiter) return coerceTree(decode(first), schema, typing);
  const strict = shapeParts(
    { parts: first.split(delimiter), assigned: false, decode },
    first,
    schema,
    typing,
  );
  if (delimiter.test(first) || typing.book.accepts(schema, strict)) return strict;
  // Many clients encode the comma that separates, too; taken only where nothing else fits.
  const whole = decode(first);
  const lenient = shapeParts(
    { parts: whole.split(','), assigned: false, decode: (text) => text },
    whole,
    schema,
    typing,
  );
  return typing.book.accepts(schema, lenient) ? lenient : strict;
}

/** An exploded object stands in the query as its members. */
function readSpread(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  const names = namesOf(binding.renames);
  const declared = (pair: WirePair): boolean => declaresMember(schema, names.toKey(pair.name), typing);
  const isMap = !typing.shapeOf(schema)?.keywords['properties'];
  const own = source.pairs.filter((pair) => declared(pair) || (isMap && !source.claimed.has(pair.name)));
  if (own.length === 0) return ABSENT;
  const tree = emptyTree();
  for (const { name, raw } of own) insert(tree, [names.toKey(name)], decodeText(raw, true));
  return { value: coerceTree(toJson(tree), schema, typing), used: own.map(({ name }) => name) };
}

function readDeep(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  const own = source.pairs.filter(({ name }) => name === binding.name || name.startsWith(`${binding.name}[`));
  if (own.length === 0) return ABSENT;
  const tree = emptyTree();
  for (const { name, raw } of own) {
    const brackets = bracketPath(`_${name.slice(binding.name.length)}`);
    insert(tree, brackets?.slice(1) ?? [], decodeText(raw, true));
  }
  const renamed = renameMembers(toJson(tree), namesOf(binding.renames).toKey);
  return { value: coerceTree(renamed, schema, typing), used: own.map(({ name }) => name) };
}

/** A value in a media type of its own. Throws MalformedText. */
function readContent(binding: ParameterBinding, text: string, schema: JsonSchema, typing: Typing): Json {
  const type = binding.contentType ?? 'application/json';
  const rename = namesOf(binding.renames).toKey;
  if (/[/+]json\b/i.test(type)) {
    const parsed = parseJson(text);
    if (parsed.kind === 'malformed') throw new MalformedText(`it is not JSON: ${parsed.detail}`);
    return renameMembers(parsed.value, rename);
  }
  if (!type.startsWith('application/x-www-form-urlencoded')) return coerceText(text, schema, typing);
  return readFormText(parsePairs(text), { rename, schema, typing });
}

function readQuery(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  if (binding.style === 'deepObject') return readDeep(source, binding, schema, typing);
  const types = possibleTypes(schema, typing);
  const own = source.pairs.filter(
    ({ name }) => name === binding.name || (types.has('array') && name === `${binding.name}[]`),
  );
  if (binding.style === 'content') {
    const [first] = own;
    if (!first) return ABSENT;
    return { value: readContent(binding, decodeText(first.raw, true), schema, typing), used: [binding.name] };
  }
  const spreads = binding.explode && types.has('object') && own.length === 0;
  if (spreads) return readSpread(source, binding, schema, typing);
  if (own.length === 0) return ABSENT;
  const value = readForm(
    binding,
    own.map(({ raw }) => raw),
    schema,
    typing,
  );
  return { value, used: own.map(({ name }) => name) };
}

function readCookie(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  const raws = source.cookies.filter(({ name }) => name === binding.name).map(({ raw }) => raw);
  const [first] = raws;
  if (first === undefined) {
    const spreads = binding.explode && possibleTypes(schema, typing).has('object');
    return spreads ? readSpread({ ...source, pairs: source.cookies }, binding, schema, typing) : ABSENT;
  }
  if (binding.style === 'content')
    return { value: readContent(binding, decodeText(first), schema, typing), used: [] };
  return { value: readForm(binding, raws, schema, typing), used: [] };
}

function readHeader(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  const text = headerValue(source.headers, binding.name);
  if (text === undefined) return ABSENT;
  if (binding.style === 'content') return { value: readContent(binding, text, schema, typing), used: [] };
  const parts = text.split(',').map((part) => part.trim());
  const value = shapeParts({ parts, assigned: binding.explode, decode: decodeHeader }, text, schema, typing);
  return { value, used: [] };
}

/** Headers are not percent-encoded, except by clients that had to write what a header cannot hold. */
function decodeHeader(text: string): string {
  if (!/%[0-9a-fA-F]{2}/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readPath(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  const raw = source.pathValues.get(binding.name);
  if (raw === undefined) return ABSENT;
  const value =
    binding.style === 'content'
      ? readContent(binding, decodeText(raw), schema, typing)
      : readSegment(binding, raw, schema, typing);
  return { value, used: [] };
}

function readQuerystring(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  if (source.query === '') return ABSENT;
  const used = source.pairs.map(({ name }) => name);
  if (/urlencoded/.test(binding.contentType ?? 'urlencoded')) {
    const own = source.pairs.filter(({ name }) => !source.claimed.has(name));
    return { value: readFormText(own, { rename: namesOf(binding.renames).toKey, schema, typing }), used };
  }
  return { value: readContent(binding, decodeText(source.query), schema, typing), used };
}

const READERS = {
  path: readPath,
  query: readQuery,
  header: readHeader,
  cookie: readCookie,
  querystring: readQuerystring,
} as const;

/** Reads one parameter from where it travels, as the value its schema asks for. Throws MalformedText. */
export function readParameter(
  source: WireSource,
  binding: ParameterBinding,
  schema: JsonSchema,
  typing: Typing,
): ReadParameter {
  const read = READERS[binding.in](source, binding, schema, typing);
  if (binding.renames === undefined || !isObject(read.value)) return read;
  return { ...read, value: renameMembers(read.value, namesOf(binding.renames).toKey) };
}
