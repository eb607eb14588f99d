import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isArray, isObject, listMember, member, objectMember, texts } from '../source/json-tree.ts';
import { referencedType } from '../schema/walk.ts';

/** Gives the schema of a type of the blueprint. */
export type TypeOf = (name: string) => JsonSchema | undefined;

const MAX_HOPS = 8;

/** A normalised schema with its reference followed; `true` and `false` say nothing and become an empty one. */
export function resolved(schema: Json | undefined, typeOf: TypeOf): JsonObject {
  let at: Json | undefined = schema;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (!isObject(at)) return {};
    const name = referencedType(at);
    if (name === undefined) return at;
    at = typeOf(name);
  }
  return {};
}

/**
 * The properties that a value of a schema surely or probably has: its own, those of all members of `allOf`, and those of the first
 * alternative that is an object.
 */
export function propertiesOf(
  schema: Json | undefined,
  typeOf: TypeOf,
  depth = MAX_HOPS,
): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  if (depth === 0) return found;
  const own = resolved(schema, typeOf);
  const alternative = [...listMember(own, 'anyOf'), ...listMember(own, 'oneOf')].find((one) =>
    isObjectSchema(one, typeOf),
  );
  for (const part of [...listMember(own, 'allOf'), ...(alternative === undefined ? [] : [alternative])])
    for (const [name, sub] of propertiesOf(part, typeOf, depth - 1)) found.set(name, sub);
  for (const [name, sub] of Object.entries(objectMember(own, 'properties'))) found.set(name, sub);
  return found;
}

function isObjectSchema(schema: Json, typeOf: TypeOf): boolean {
  const own = resolved(schema, typeOf);
  return isOfType(own, 'object') || member(own, 'properties') !== undefined || isArray(own['allOf']);
}

/** True when a schema names this type, alone or beside others. */
export function isOfType(schema: JsonObject, type: string): boolean {
  const { type: given } = schema;
  return given === type || (isArray(given) && texts(given).includes(type));
}

/** The list that a schema allows: itself, or its first alternative that is one. */
export function arraySchema(schema: Json | undefined, typeOf: TypeOf): JsonObject | undefined {
  const own = resolved(schema, typeOf);
  if (isOfType(own, 'array')) return own;
  const alternatives = [...listMember(own, 'anyOf'), ...listMember(own, 'oneOf')];
  return alternatives.map((one) => resolved(one, typeOf)).find((one) => isOfType(one, 'array'));
}

/** A name without case and signs: `next_page-Token` → nextpagetoken. */
export const squeezed = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]/g, '');

/** A JSON pointer (RFC 6901) of these steps. */
export const toPointer = (steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
