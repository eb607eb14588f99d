import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isArray, isObject, listMember, member, objectMember, texts } from '../source/json-tree.ts';
import { isLegalKey } from '../operation/keys.ts';
import { targetOf } from '../document/references.ts';
import { extendedIn } from './extended.ts';
import { usablePattern, type Keywords } from './keywords.ts';
import type { Inner } from './inner.ts';
import type { Direction, SchemaScope } from './scope.ts';

type Below = (sub: Json | undefined, hidden: ReadonlySet<string>, ...keys: (string | number)[]) => JsonSchema;
const NOTHING: ReadonlySet<string> = new Set();

interface Surroundings {
  readonly inner: Inner;
  readonly below: Below;
}

interface ObjectPart {
  readonly keywords: Keywords;
  /** Properties that do not travel in this direction, for the schemas that look at the same value. */
  readonly hidden: ReadonlySet<string>;
}

/** Keywords about objects: hidden properties left out, keys made legal in requests, `required` kept true to both. */
export function objectKeywords(
  value: JsonObject,
  pointer: string,
  scope: SchemaScope,
  { inner, below }: Surroundings,
): ObjectPart {
  const hidden = hiddenIn(value, scope, inner.hidden);
  const keyOf = (name: string) => inputKey(name, scope);
  const properties = Object.entries(objectMember(value, 'properties')).filter(([name]) => {
    if (name === '__proto__')
      scope.lose({
        code: 'schema-unusable',
        severity: 'part',
        pointer,
        reason: 'has a property named __proto__, which is left out',
      });
    return name !== '__proto__' && !hidden.has(name);
  });
  if (hidden.size > 0 || hidesOtherwise(value, scope)) scope.trace.directed = true;
  const keywords: Keywords = {};
  if (isObject(member(value, 'properties'))) {
    keywords['properties'] = Object.fromEntries(
      properties.map(([name, sub]) => [keyOf(name), below(sub, NOTHING, 'properties', name)]),
    );
  }
  const required = [...new Set(texts(listMember(value, 'required')))].filter(
    (name) => !hidden.has(name) && name !== '__proto__',
  );
  const closed = member(value, 'additionalProperties') === false && !isArray(member(value, 'allOf'));
  const kept = closed ? required.filter((name) => properties.some(([key]) => key === name)) : required;
  if (kept.length > 0) keywords['required'] = kept.map(keyOf);
  return {
    keywords: { ...keywords, ...openProperties(value, below, scope), ...dependencies(value, keyOf, below) },
    hidden,
  };
}

/** The key that a property has in this direction; one that clients would refuse is replaced in requests. */
export function inputKey(name: string, scope: SchemaScope): string {
  if (isLegalKey(name)) return name;
  if (scope.direction === 'response') {
    scope.trace.directed = true;
    return name;
  }
  const key = scope.legalKey(name);
  scope.trace.directed = true;
  scope.trace.renames.set(key, name);
  return key;
}

function openProperties(value: JsonObject, below: Below, { root }: SchemaScope): Keywords {
  const result: Keywords = {};
  for (const keyword of ['additionalProperties', 'propertyNames', 'unevaluatedProperties']) {
    const sub = member(value, keyword);
    if (sub === false && keyword === 'additionalProperties' && extendedIn(root).has(value)) continue;
    if (typeof sub === 'boolean' || isObject(sub)) result[keyword] = below(sub, NOTHING, keyword);
  }
  const patterns = Object.entries(objectMember(value, 'patternProperties')).flatMap(
    ([pattern, sub]): [string, JsonSchema][] => {
      const usable = usablePattern(pattern);
      return usable === undefined ? [] : [[usable, below(sub, NOTHING, 'patternProperties', pattern)]];
    },
  );
  return patterns.length === 0 ? result : { ...result, patternProperties: Object.fromEntries(patterns) };
}

function dependencies(value: JsonObject, keyOf: (name: string) => string, below: Below): Keywords {
  const lists = Object.entries(objectMember(value, 'dependentRequired')).filter(([, names]) =>
    isArray(names),
  );
  const schemas = Object.entries(objectMember(value, 'dependentSchemas'));
  const required = lists.map(([name, names]): [string, string[]] => [
    keyOf(name),
    isArray(names) ? texts(names).map(keyOf) : [],
  ]);
  return {
    ...(required.length > 0 ? { dependentRequired: Object.fromEntries(required) } : {}),
    ...(schemas.length > 0
      ? {
          dependentSchemas: Object.fromEntries(
            schemas.map(([name, sub]) => [keyOf(name), below(sub, NOTHING, 'dependentSchemas', name)]),
          ),
        }
      : {}),
  };
}

/** Names hidden in a value of this schema, also by the members of its `allOf`: `required` may stand in another member. */
function hiddenIn(
  value: JsonObject,
  scope: SchemaScope,
  inherited: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set(inherited);
  collectHidden(value, scope, found, new Set());
  return found;
}

/**
 * True when the other direction hides a property. Asked for answers only: whether a type has two forms must not depend on
 * whether some operation sends it, or adding one would rename the types of all others.
 */
function hidesOtherwise(value: JsonObject, scope: SchemaScope): boolean {
  if (scope.direction === 'request') return false;
  const found = new Set<string>();
  collectHidden(value, { ...scope, direction: 'request' }, found, new Set());
  return found.size > 0;
}

function collectHidden(
  value: Json | undefined,
  scope: SchemaScope,
  into: Set<string>,
  seen: Set<Json>,
): void {
  // Each schema once: lists of `allOf` that lead to lists of `allOf` would double at every step.
  if (!isObject(value) || seen.has(value)) return;
  seen.add(value);
  for (const [name, sub] of Object.entries(objectMember(value, 'properties'))) {
    if (isHidden(sub, scope.root, scope.direction)) into.add(name);
  }
  for (const sub of listMember(value, 'allOf')) collectHidden(targetOf(sub, scope.root), scope, into, seen);
}

function isHidden(schema: Json, root: JsonObject, direction: Direction): boolean {
  const mark = direction === 'request' ? 'readOnly' : 'writeOnly';
  if (member(schema, mark) === true) return true;
  const referred = targetOf(schema, root);
  if (referred !== schema && member(referred, mark) === true) return true;
  return listMember(schema, 'allOf').some(
    (sub) => member(sub, mark) === true || member(targetOf(sub, root), mark) === true,
  );
}
