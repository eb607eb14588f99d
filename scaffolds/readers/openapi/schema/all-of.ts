import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, texts } from '../source/json-tree.ts';
import type { Keywords } from './keywords.ts';

const ANNOTATIONS = new Set(['title', 'description', 'deprecated', 'default', 'examples']);
/** What a member may say to be taken into the schema that holds it. */
const PLAIN = new Set(['type', 'properties', 'required', 'title', 'description']);

/**
 * A normalised schema with its `allOf` made smaller where that provably says the same: a single member takes the place of a
 * schema that only annotates it, and plain objects whose properties do not meet become one. References stay references.
 */
export function simplerAllOf(schema: Keywords): Keywords {
  const { allOf, ...host } = schema;
  if (!isArray(allOf)) return schema;
  const [only] = allOf;
  if (allOf.length === 1 && isObject(only) && Object.keys(host).every((key) => ANNOTATIONS.has(key)))
    return { ...only, ...host };
  if (!mayTakeIn(host)) return schema;
  const kept: Json[] = [];
  let taken: JsonObject = host;
  for (const member of allOf) {
    const merged = isPlain(member) ? merge(taken, member) : undefined;
    if (merged === undefined) kept.push(member);
    else taken = merged;
  }
  if (kept.length === allOf.length) return schema;
  return kept.length === 0 ? { ...taken } : { ...taken, allOf: kept };
}

/** Closed objects and those with other rules about their properties would change their meaning. */
const mayTakeIn = (host: JsonObject): boolean =>
  Object.keys(host).every((key) => ANNOTATIONS.has(key) || PLAIN.has(key)) &&
  (host['type'] === undefined || host['type'] === 'object');

function isPlain(member: Json): member is JsonObject {
  if (!isObject(member) || !Object.keys(member).every((key) => PLAIN.has(key))) return false;
  return member['type'] === 'object' || (member['type'] === undefined && member['properties'] !== undefined);
}

/** Undefined when both describe one property and not alike. */
function merge(host: JsonObject, member: JsonObject): JsonObject | undefined {
  const own = isObject(host['properties']) ? host['properties'] : {};
  const added = isObject(member['properties']) ? member['properties'] : {};
  const isDisjoint = Object.entries(added).every(
    ([name, schema]) => !Object.hasOwn(own, name) || JSON.stringify(own[name]) === JSON.stringify(schema),
  );
  if (!isDisjoint) return undefined;
  const required = [...new Set([...namesOf(host['required']), ...namesOf(member['required'])])];
  const { title: _title, description, required: _required, properties: _properties, ...rest } = member;
  return {
    ...(description === undefined ? {} : { description }),
    ...host,
    ...rest,
    properties: { ...own, ...added },
    ...(required.length === 0 ? {} : { required }),
  };
}

const namesOf = (value: Json | undefined): string[] => (isArray(value) ? texts(value) : []);
