import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../openapi/source/json-tree.ts';

/** Members that are data: what looks like a reference in them is none. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'example', 'required', 'type']);
/** They would give a part of the document an address of its own. */
const IDENTITIES = new Set(['$id', '$schema', '$anchor', '$dynamicAnchor']);
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);

/** A schema whose references into itself are led to where it will stand, a pointer such as `#/components/schemas/a`. */
export function rebased(schema: JsonObject, home: string): JsonObject {
  const walk = (value: Json): Json => {
    if (isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]): [string, Json][] => {
        if (IDENTITIES.has(key)) return [];
        if (DATA.has(key)) return [[key, one]];
        if (key === '$ref') return typeof one === 'string' ? [[key, ledTo(one, home)]] : [];
        if (MAPS.has(key) && isObject(one))
          return [[key, Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner)]))]];
        return [[key, walk(one)]];
      }),
    );
  };
  const made = walk(schema);
  return isObject(made) ? made : {};
}

const ledTo = (reference: string, home: string): string =>
  reference.startsWith('#') ? `${home}${reference.slice(1)}` : reference;
