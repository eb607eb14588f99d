import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, pointerTo, textMember } from './json-tree.ts';

/** What a document calls parts of itself (JSON Schema 2020-12, 8.2). */
export interface Identities {
  /** `$anchor` → pointer; SEVERAL where a name stands for another schema in each place that it is reached from. */
  readonly anchors: ReadonlyMap<string, string>;
  /** Absolute `$id` without a fragment → pointer. */
  readonly ids: ReadonlyMap<string, string>;
}

interface Found extends Identities {
  /** Texts of all `$ref`s, each once. */
  readonly references: readonly string[];
  readonly nodes: number;
}

/** In the place of a pointer: which schema is meant shows only while a value is checked. */
export const SEVERAL = '';

/** Values that are data: a `$ref` in them is a word like any other. */
const DATA = new Set([
  'example',
  'x-example',
  'x-examples',
  'default',
  'enum',
  'const',
  'value',
  'dataValue',
]);
/** Members whose keys are names, not keywords. */
const MAPS = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'schemas',
  'paths',
  'responses',
  'headers',
  'content',
  'encoding',
  'callbacks',
  'webhooks',
  'links',
  'securitySchemes',
  'requestBodies',
  'pathItems',
]);
/** Maps and lists of which authors keep the whole in a file of its own, though no version of the format says so. */
const INCLUDABLE = new Set([...MAPS, 'components', 'parameters', 'examples', 'info', 'tags', 'servers']);
const MAX_INCLUDES = 8;
/** Values nested in each other at most while including; beyond, references stay what they are. */
const MAX_OPEN = 2_000;

/** Every reference of a document, and the names that its parts have for references. */
export function findReferences(root: Json): Found {
  if (!isArray(root) && !isObject(root))
    return { references: [], anchors: new Map(), ids: new Map(), nodes: 1 };
  const references = new Set<string>();
  const anchors = new Map<string, string>();
  const ids = new Map<string, string>();
  let nodes = 0;
  const stack: Place[] = [{ value: root, key: '', parent: undefined, isMap: false }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { value, isMap } = at;
    nodes += 1;
    if (isObject(value)) {
      for (const reference of referencesIn(value)) references.add(reference);
      if (!isMap) identify(at, value, { anchors, ids });
    }
    for (const [key, child] of Object.entries(value)) {
      if (typeof child !== 'object' || child === null || (!isMap && isData(key, child))) continue;
      stack.push({ value: child, key, parent: at, isMap: !isMap && MAPS.has(key) });
    }
  }
  return { references: [...references], anchors, ids, nodes };
}

/** Pointers are written for what has a name only: a large document has a million places. */
interface Place {
  readonly value: JsonObject | readonly Json[];
  readonly key: string;
  readonly parent: Place | undefined;
  readonly isMap: boolean;
}

function pointerOf(place: Place): string {
  const keys: string[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) keys.push(at.key);
  return pointerTo('#', ...keys.reverse());
}

const isData = (key: string, value: Json): boolean => DATA.has(key) || (key === 'examples' && isArray(value));

/** The reference of an object, and those in the mapping of a discriminator, which may be names of schemas instead. */
function referencesIn(value: JsonObject): string[] {
  const own =
    textMember(value, '$ref') ?? textMember(value, '$dynamicRef') ?? textMember(value, 'operationRef');
  const mapping = mappingOf(value);
  return [...(own === undefined ? [] : [own]), ...Object.values(mapping ?? {}).filter(isReference)];
}

function mappingOf(value: JsonObject): JsonObject | undefined {
  const mapping = typeof value['propertyName'] === 'string' ? value['mapping'] : undefined;
  return isObject(mapping) ? mapping : undefined;
}

const isReference = (value: Json): value is string => typeof value === 'string' && /[/#]/.test(value);

function identify(
  place: Place,
  value: JsonObject,
  { anchors, ids }: { anchors: Map<string, string>; ids: Map<string, string> },
): void {
  const anchor = textMember(value, '$anchor');
  if (anchor !== undefined && !anchors.has(anchor)) anchors.set(anchor, pointerOf(place));
  // One of a name alone is always the one that is meant (JSON Schema 2020-12, 8.2.3.2).
  const dynamic = textMember(value, '$dynamicAnchor');
  if (dynamic !== undefined) anchors.set(dynamic, anchors.has(dynamic) ? SEVERAL : pointerOf(place));
  const id = textMember(value, '$id');
  if (id !== undefined && URL.canParse(id)) ids.set(new URL(id).href.split('#')[0] ?? id, pointerOf(place));
}

/**
 * A document with every reference replaced; parts in which none changes are those of the document, not copies. Parts that
 * YAML aliases share stay shared. A whole map that is nothing but a reference (`paths: { $ref: ./paths.yaml }`) is left so;
 * `include` puts the target in its place.
 */
export function rewrite(root: Json, replace: (reference: string) => string): Json {
  const done = new Map<Json, Json>();
  const copy = (value: Json, isMap: boolean): Json => {
    if (typeof value !== 'object' || value === null) return value;
    const known = done.get(value);
    if (known !== undefined) return known;
    const made = isArray(value)
      ? withItems(value, (item) => copy(item, false))
      : withMembers(value, memberCopier(value, isMap));
    if (made !== value) done.set(value, made);
    return made;
  };
  const memberCopier = (value: JsonObject, isMap: boolean) => {
    const mapping = mappingOf(value);
    return (key: string, child: Json): Json => {
      const isReferring = key === '$ref' || key === '$dynamicRef' || (key === 'operationRef' && !isMap);
      if (isReferring && typeof child === 'string') return replace(child);
      if (child === mapping && mapping !== undefined)
        return withMembers(mapping, (_, target) => (isReference(target) ? replace(target) : target));
      if (!isMap && isData(key, child)) return child;
      return copy(child, !isMap && MAPS.has(key));
    };
  };
  return copy(root, false);
}

/** An object with other members; the same one when none is another. */
function withMembers(value: JsonObject, replaced: (key: string, child: Json) => Json): JsonObject {
  const changed = new Map<string, Json>();
  for (const [key, child] of Object.entries(value)) {
    const next = replaced(key, child);
    if (next !== child) changed.set(key, next);
  }
  if (changed.size === 0) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]): [string, Json] => [key, changed.get(key) ?? child]),
  );
}

/** A list with other items; the same one when none is another. */
function withItems(value: readonly Json[], replaced: (item: Json) => Json): readonly Json[] {
  const items = value.map(replaced);
  return items.every((item, index) => item === value[index]) ? value : items;
}

/**
 * A document in which maps that are nothing but a reference hold what they refer to; one that would come to hold itself
 * stays a reference. Parts that include nothing are those of the document, and shared parts stay shared, so it can be much
 * larger to walk through than it is.
 */
export function include(root: JsonObject, target: (pointer: string) => Json | undefined): JsonObject {
  const done = new Map<Json, Json>();
  const open = new Set<Json>();
  const copyMembers = (value: JsonObject, isMap: boolean): JsonObject =>
    withMembers(value, (key, child) => {
      if (!isMap && isData(key, child)) return child;
      const held = !isMap && INCLUDABLE.has(key) ? included(child, target) : child;
      const isNew = held !== child && !open.has(held);
      const made = copy(isNew ? held : child, !isMap && MAPS.has(key));
      // Of others only what changed is remembered; a target may be included in a thousand places.
      if (isNew) done.set(held, made);
      return made;
    });
  const copy = (value: Json, isMap: boolean): Json => {
    if (typeof value !== 'object' || value === null) return value;
    const known = done.get(value);
    if (known !== undefined || open.size > MAX_OPEN) return known ?? value;
    open.add(value);
    const made = isArray(value) ? withItems(value, (item) => copy(item, false)) : copyMembers(value, isMap);
    open.delete(value);
    if (made !== value) done.set(value, made);
    return made;
  };
  return copyMembers(root, false);
}

function included(value: Json, target: (pointer: string) => Json | undefined): Json {
  let at = value;
  for (let hop = 0; hop < MAX_INCLUDES; hop += 1) {
    const reference = textMember(at, '$ref');
    if (reference === undefined || !isObject(at) || Object.keys(at).length > 1) return at;
    const found = target(reference);
    if (found === undefined) return at;
    at = found;
  }
  return value;
}
