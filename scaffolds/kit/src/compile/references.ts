import type { Blueprint, Json, JsonSchema } from '@counterpart/schemas';
import { isList } from '../json-value.ts';

type Types = Blueprint['types'];

const POINTER = '#/$defs/';

/** Name of the type a `$ref` points to; undefined for any other reference. */
export function referencedType(reference: Json | undefined): string | undefined {
  return typeof reference === 'string' && reference.startsWith(POINTER)
    ? reference.slice(POINTER.length)
    : undefined;
}

function collect(node: Json, found: Set<string>): void {
  if (node === null || typeof node !== 'object') return;
  if (isList(node)) {
    for (const item of node) collect(item, found);
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    const name = key === '$ref' ? referencedType(value) : undefined;
    if (name === undefined) collect(value, found);
    else found.add(name);
  }
}

/** Types are shared by many operations, so what is learned of one is kept as long as it lives. */
function remembered<Value>(
  learn: (schema: object & JsonSchema) => Value,
): (schema: JsonSchema) => Value | undefined {
  const known = new WeakMap<object, Value>();
  return (schema) => {
    if (typeof schema === 'boolean') return undefined;
    const value = known.get(schema) ?? learn(schema);
    known.set(schema, value);
    return value;
  };
}

const referencesOf = remembered((schema): ReadonlySet<string> => {
  const found = new Set<string>();
  collect(schema, found);
  return found;
});

const bytesOf = remembered((schema) => Buffer.byteLength(JSON.stringify(schema)));

/** Size of a schema as JSON text. */
const schemaBytes = (schema: JsonSchema): number => bytesOf(schema) ?? 5;

export interface Reach {
  /** The schema under a name; `true` for one that is missing, so that a dangling reference never makes a tool unusable. */
  readonly typeOf: (name: string) => JsonSchema;
  /** Gives up when schema and types together are larger. */
  readonly mostBytes?: number;
}

/** The types a schema reaches, by name, in the order they are met; cycles stay references. Undefined above `mostBytes`. */
export function reachableTypes(
  schema: JsonSchema,
  { typeOf, mostBytes = Number.POSITIVE_INFINITY }: Reach,
): Map<string, JsonSchema> | undefined {
  const names = new Set(referencesOf(schema));
  const reached = new Map<string, JsonSchema>();
  let bytes = schemaBytes(schema);
  // A Set iterates over members added meanwhile: this is the breadth-first closure.
  for (const name of names) {
    const type = typeOf(name);
    bytes += schemaBytes(type);
    if (bytes > mostBytes) return undefined;
    reached.set(name, type);
    for (const next of referencesOf(type) ?? []) names.add(next);
  }
  return bytes > mostBytes ? undefined : reached;
}

/** Looks types up by their own names only: `constructor` is not a type. */
export const typesByName =
  (types: Types): Reach['typeOf'] =>
  (name) =>
    Object.hasOwn(types, name) ? (types[name] ?? true) : true;

/** Follows `$ref` to the schema that says something; undefined when it is boolean, missing or a cycle. */
export function resolveSchema(
  schema: JsonSchema | undefined,
  types: Types,
): { readonly [keyword: string]: Json } | undefined {
  let current = schema;
  for (let hops = 0; hops < 32; hops += 1) {
    if (current === undefined || typeof current === 'boolean') return undefined;
    const name = referencedType(current['$ref']);
    if (name === undefined) return current;
    current = Object.hasOwn(types, name) ? types[name] : undefined;
  }
  return undefined;
}
