import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';

/** True for JSON objects; arrays and null are none. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for JSON arrays. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A member that should be a schema; anything else accepts everything. */
export function toSchema(value: Json | undefined): JsonSchema {
  return typeof value === 'boolean' || isObject(value) ? value : true;
}

/** A member that should be a list of schemas; anything else is no list. */
export function toSchemas(value: Json | undefined): readonly JsonSchema[] {
  return isArray(value) ? value.map(toSchema) : [];
}

/** A member that should be a map of schemas; anything else is empty. */
export function toSchemaMap(value: Json | undefined): Readonly<Record<string, JsonSchema>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toSchema(member)]));
}

/** The strings of a list of strings; anything else holds none. */
export function toStrings(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((member) => typeof member === 'string') : [];
}

/** An own member; what every object inherits is none. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'malformed'; readonly detail: string };

/** Deeper values are not read: everything that walks a value does so by recursion. */
const MAX_NESTING = 512;

/** How deep brackets nest in JSON text; brackets within strings do not count. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[{]|[\]}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Text as JSON, nested 512 deep at most, whole numbers with all their digits; never throws. */
export function parseJson(text: string): ParsedJson {
  try {
    const value = parseExactJson(text);
    const depth = nesting(text);
    return depth > MAX_NESTING
      ? { kind: 'malformed', detail: `it is nested ${depth} deep, more than ${MAX_NESTING}` }
      : { kind: 'value', value };
  } catch (thrown) {
    return { kind: 'malformed', detail: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The value a JSON pointer names, or undefined. */
export function valueAt(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isArray(value)) value = value[Number(key)];
    else if (isObject(value)) value = own(value, key);
    else return undefined;
  }
  return value;
}

/** A string as one token of a JSON pointer (RFC 6901). */
export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
