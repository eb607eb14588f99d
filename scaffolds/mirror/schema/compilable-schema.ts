import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isArray, isObject } from './json-value.ts';

/**
 * Stands for `$ref` in what is compiled. It is followed when data gets there, so that only schemas that data meets
 * are ever compiled: one answer of a large API can reach a thousand types, and touches ten.
 */
export const LAZY_REFERENCE = 'x-mirror-type';

const REFERENCE = '#/$defs/';
/** Keywords that assert nothing here, and whose values would cost time or clash between schemas. */
const DROPPED = new Set([
  '$id',
  '$schema',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  '$defs',
  '$comment',
  '$ref',
  'id',
  'examples',
  'example',
  'default',
]);
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const DATA = new Set(['const', 'enum', 'required', 'dependentRequired', 'type']);
/** Keywords whose subschemas look at the same value, so that what they evaluate counts for `unevaluated…`. */
const IN_PLACE = new Set(['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas']);

export type Types = Readonly<Record<string, JsonSchema>>;

interface Rewriting {
  readonly types: Types;
  /** An `unevaluated…` keyword above must see through references, so they are written in place. */
  readonly seeThrough: boolean;
  readonly inlined: readonly string[];
}

/** The name in `#/$defs/<name>`, or undefined for any other reference or none. */
export function referenceName(schema: JsonSchema): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  const reference = schema['$ref'];
  return typeof reference === 'string' && reference.startsWith(REFERENCE)
    ? reference.slice(REFERENCE.length)
    : undefined;
}

function rewriteMember(key: string, value: Json, rewriting: Rewriting): Json {
  if (DATA.has(key)) return value;
  const inner = IN_PLACE.has(key) ? rewriting : { ...rewriting, inlined: [], seeThrough: false };
  if (SCHEMA_MAPS.has(key) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, rewrite(schema, inner)]));
  }
  if (isArray(value)) return value.map((member) => rewrite(member, inner));
  return rewrite(value, inner);
}

function rewriteReference(name: string, rewriting: Rewriting): JsonObject {
  const target = rewriting.types[name];
  if (!rewriting.seeThrough || target === undefined || rewriting.inlined.includes(name))
    return { [LAZY_REFERENCE]: name };
  return { allOf: [rewrite(target, { ...rewriting, inlined: [...rewriting.inlined, name] })] };
}

function rewrite(schema: Json, rewriting: Rewriting): Json {
  if (!isObject(schema)) return schema;
  const unevaluated = 'unevaluatedProperties' in schema || 'unevaluatedItems' in schema;
  const here = unevaluated ? { ...rewriting, seeThrough: true } : rewriting;
  const members = Object.entries(schema)
    .filter(([key]) => !DROPPED.has(key))
    .map(([key, value]): [string, Json] => [key, rewriteMember(key, value, here)]);
  const rewritten: JsonObject = Object.fromEntries(members);
  const name = referenceName(schema);
  if (name === undefined) return rewritten;
  const reference = rewriteReference(name, here);
  const both = [...(isArray(rewritten['allOf']) ? rewritten['allOf'] : []), reference];
  return LAZY_REFERENCE in reference ? { ...rewritten, ...reference } : { ...rewritten, allOf: both };
}

/** A copy of a schema that can be compiled by itself: references are lazy, annotations and identifiers are gone. */
export function toCompilable(schema: JsonObject, types: Types): JsonObject {
  const rewritten = rewrite(schema, { types, seeThrough: false, inlined: [] });
  return isObject(rewritten) ? rewritten : {};
}
