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

/**
 * The types a schema reaches, by name, in the order they are met. Cycles stay references; a type that is missing
 * becomes `true`, so that one dangling reference never makes a tool unusable.
 */
export function reachableTypes(schema: JsonSchema, types: Types): Map<string, JsonSchema> {
  const names = new Set<string>();
  collect(schema, names);
  const reached = new Map<string, JsonSchema>();
  // A Set iterates over members added meanwhile: this is the breadth-first closure.
  for (const name of names) {
    const type = Object.hasOwn(types, name) ? (types[name] ?? true) : true;
    reached.set(name, type);
    collect(type, names);
  }
  return reached;
}

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
