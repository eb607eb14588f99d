import {
  SCHEMA_IN,
  SCHEMAS_LISTED_IN,
  SCHEMAS_NAMED_IN,
  type Json,
  type JsonSchema,
} from '@counterpart/schemas';
import { isArray, isObject } from '../source/json-tree.ts';

const SINGLE = new Set(SCHEMA_IN);
const LISTS = new Set(SCHEMAS_LISTED_IN);
const MAPS = new Set(SCHEMAS_NAMED_IN);
/** Keywords whose subschemas look at the same value as the schema itself. */
const IN_PLACE = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas']);

/** Narrows JSON known to be a normalised schema. */
export function isSchema(value: Json | undefined): value is JsonSchema {
  return typeof value === 'boolean' || isObject(value);
}

/** A copy of a normalised schema with `change` applied to each direct subschema; data keywords stay as they are. */
export function mapSubschemas(
  schema: JsonSchema,
  change: (sub: JsonSchema, keyword: string) => JsonSchema,
): JsonSchema {
  if (typeof schema === 'boolean') return schema;
  const one = (value: Json, keyword: string): Json => (isSchema(value) ? change(value, keyword) : value);
  const entries = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    if (SINGLE.has(keyword)) return [keyword, one(value, keyword)];
    if (LISTS.has(keyword) && isArray(value)) return [keyword, value.map((item) => one(item, keyword))];
    if (MAPS.has(keyword) && isObject(value)) {
      return [
        keyword,
        Object.fromEntries(Object.entries(value).map(([key, item]) => [key, one(item, keyword)])),
      ];
    }
    return [keyword, value];
  });
  return Object.fromEntries(entries);
}

/** Direct subschemas of a normalised schema; `inPlace` limits them to those that look at the same value. */
export function subschemas(schema: JsonSchema, options: { readonly inPlace?: boolean } = {}): JsonSchema[] {
  if (typeof schema === 'boolean') return [];
  const found: Json[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (options.inPlace === true && !IN_PLACE.has(keyword)) continue;
    if (SINGLE.has(keyword)) found.push(value);
    else if (LISTS.has(keyword) && isArray(value)) found.push(...value);
    else if (MAPS.has(keyword) && isObject(value)) found.push(...Object.values(value));
  }
  return found.filter(isSchema);
}

const DEFS = '#/$defs/';

/** The reference to a type of the blueprint. */
export const referenceTo = (name: string): string => `${DEFS}${name}`;

/** Name of the type that a schema refers to itself, not through its subschemas. */
export function referencedType(schema: JsonSchema): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  const { $ref: reference } = schema;
  return typeof reference === 'string' && reference.startsWith(DEFS)
    ? reference.slice(DEFS.length)
    : undefined;
}

/** Names of all types a schema refers to, directly. */
export function referencedTypes(schema: JsonSchema, into = new Set<string>()): Set<string> {
  const own = referencedType(schema);
  if (own !== undefined) into.add(own);
  for (const sub of subschemas(schema)) referencedTypes(sub, into);
  return into;
}

/** Names of all types that a schema needs, through others too. */
export type Reach = (schema: JsonSchema) => Set<string>;

/** Answers which types schemas need; each type is looked through once. Types may be added to the map meanwhile, not changed. */
export function createReach(types: ReadonlyMap<string, JsonSchema>): Reach {
  const direct = new Map<string, ReadonlySet<string>>();
  const usedBy = (name: string): ReadonlySet<string> => {
    const type = types.get(name);
    const used = direct.get(name) ?? (type === undefined ? new Set<string>() : referencedTypes(type));
    if (type !== undefined) direct.set(name, used);
    return used;
  };
  return (schema) => {
    const reached = referencedTypes(schema);
    // A Set grows while it is iterated, which makes this a breadth-first walk.
    for (const name of reached) for (const used of usedBy(name)) reached.add(used);
    return reached;
  };
}

/** A copy with each reference to a type renamed. */
export function renameReferences(schema: JsonSchema, rename: (name: string) => string): JsonSchema {
  const mapped = mapSubschemas(schema, (sub) => renameReferences(sub, rename));
  const name = referencedType(mapped);
  return name === undefined || typeof mapped === 'boolean'
    ? mapped
    : { ...mapped, $ref: referenceTo(rename(name)) };
}
