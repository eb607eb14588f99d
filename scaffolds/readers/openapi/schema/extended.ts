import type { Json, JsonObject } from '@counterpart/schemas';
import { targetOf } from '../document/references.ts';
import { isArray, isObject, listMember, member, objectMember } from '../source/json-tree.ts';

/** Parts of one `allOf` that are looked at; what has more is no inheritance. */
const MAX_PARTS = 200;

const known = new WeakMap<JsonObject, ReadonlySet<Json>>();

/**
 * Closed schemas (`additionalProperties: false`) that an `allOf` puts beside schemas with other properties. At its word, nothing
 * but the properties that all of them share would fit; what generators mean by it, .NET's above all, is that one extends the other.
 */
export function extendedIn(root: JsonObject): ReadonlySet<Json> {
  const before = known.get(root);
  if (before !== undefined) return before;
  const found = new Set<Json>();
  const stack: Json[] = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isObject(at) && isArray(member(at, 'allOf')))
      for (const part of contradicted(at, root)) found.add(part);
    for (const below of Object.values(at as JsonObject)) {
      if (typeof below === 'object' && below !== null) stack.push(below);
    }
  }
  known.set(root, found);
  return found;
}

/** The closed ones of a schema and the parts of its `allOf` that lack a property which another one has. */
function contradicted(schema: JsonObject, root: JsonObject): JsonObject[] {
  const parts = new Set<JsonObject>();
  const stack: (Json | undefined)[] = [schema];
  while (stack.length > 0 && parts.size < MAX_PARTS) {
    const part = targetOf(stack.pop(), root);
    if (!isObject(part) || parts.has(part)) continue;
    parts.add(part);
    stack.push(...listMember(part, 'allOf'));
  }
  const closed = [...parts].filter((part) => member(part, 'additionalProperties') === false);
  if (closed.length === 0) return [];
  const names = new Set([...parts].flatMap((part) => Object.keys(objectMember(part, 'properties'))));
  return closed.filter((part) => {
    const own = objectMember(part, 'properties');
    return [...names].some((name) => !Object.hasOwn(own, name));
  });
}
