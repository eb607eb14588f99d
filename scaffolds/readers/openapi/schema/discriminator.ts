import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { localPointer, lookUp, targetOf, type Located } from '../document/references.ts';
import {
  isObject,
  listMember,
  member,
  objectMember,
  pointerSteps,
  pointerTo,
  textMember,
  texts,
} from '../source/json-tree.ts';
import type { SchemaScope } from './scope.ts';

const MAX_HOPS = 8;

/**
 * An alternative that says which values of the discriminating property mean it (OpenAPI Discriminator Object): by the mapping,
 * else by the schema's own name. Left as it is where the alternative's own description of the property says otherwise.
 */
export function withDiscriminator(
  arm: JsonSchema,
  { raw, holder, key }: { raw: Json; holder: JsonObject; key: (name: string) => string },
  { root }: SchemaScope,
): JsonSchema {
  const reference = textMember(raw, '$ref');
  const pointer = reference === undefined ? undefined : localPointer(root, reference);
  const at = pointer === undefined ? undefined : lookUp(root, pointer);
  const discriminator = discriminatorOf(holder) ?? inheritedBy(at, root, MAX_HOPS);
  const name = textMember(discriminator, 'propertyName');
  if (name === undefined || pointer === undefined || !isObject(arm) || arm['properties'] !== undefined)
    return arm;
  const values = valuesOf(discriminator, pointer, root).filter((value) =>
    isAllowed(value, name, { at, holder, root }),
  );
  const [first] = values;
  if (first === undefined) return arm;
  const schema = values.length === 1 ? { const: first } : { enum: values };
  return { ...arm, properties: { [key(name)]: schema } };
}

/**
 * The schemas that a base class stands for where a value of it is wanted: generators write its discriminator, and each subtype as an `allOf` of
 * it, and no `oneOf` (OpenAPI, "Models with Polymorphism Support"). None where there are no subtypes.
 */
export function subtypesOf(base: Located, root: JsonObject): string[] {
  const discriminator = discriminatorOf(base.value);
  const name = textMember(discriminator, 'propertyName');
  if (name === undefined || ALTERNATIVES.some((keyword) => member(base.value, keyword) !== undefined))
    return [];
  const mapped = Object.values(objectMember(discriminator, 'mapping')).flatMap((target) => {
    const pointer = typeof target === 'string' ? localPointer(root, target) : undefined;
    return pointer === undefined || lookUp(root, pointer) === undefined ? [] : [pointer];
  });
  const found = mapped.length > 0 ? mapped : heirsOf(base.pointer, root);
  const isNeeded = texts(listMember(base.value, 'required')).includes(name);
  // Without the property a value is one of the base class itself.
  const all = found.length === 0 || isNeeded ? found : [...found, base.pointer];
  return [...new Set(all)];
}

const ALTERNATIVES = ['oneOf', 'anyOf'];

/** Components that extend the one at this place, themselves or through others. */
function heirsOf(base: string, root: JsonObject): string[] {
  const children = childrenIn(root);
  const heirs = new Set<string>();
  const waiting = [base];
  for (const pointer of waiting)
    for (const heir of children.get(pointer) ?? [])
      if (heir !== base && !heirs.has(heir)) {
        heirs.add(heir);
        waiting.push(heir);
      }
  return [...heirs];
}

function componentsOf(root: JsonObject): [string, Json][] {
  return ['#/components/schemas', '#/definitions'].flatMap((home) => {
    const all = lookUp(root, home);
    return isObject(all)
      ? Object.entries(all).map(([name, schema]): [string, Json] => [pointerTo(home, name), schema])
      : [];
  });
}

const known = new WeakMap<JsonObject, ReadonlyMap<string, readonly string[]>>();

/** Of each component, by its place, those that name it in their `allOf`. */
function childrenIn(root: JsonObject): ReadonlyMap<string, readonly string[]> {
  const before = known.get(root);
  if (before !== undefined) return before;
  const children = new Map<string, string[]>();
  for (const [heir, schema] of componentsOf(root))
    for (const sub of listMember(schema, 'allOf')) {
      const reference = textMember(sub, '$ref');
      const base = (reference === undefined ? undefined : localPointer(root, reference)) ?? '';
      children.set(base, [...(children.get(base) ?? []), heir]);
    }
  known.set(root, children);
  return children;
}

const discriminatorOf = (schema: Json | undefined): JsonObject | undefined => {
  // 2.0 has its name only.
  const old = textMember(schema, 'discriminator');
  const found = old === undefined ? objectMember(schema, 'discriminator') : { propertyName: old };
  return textMember(found, 'propertyName') === undefined ? undefined : found;
};

/** That of a schema which an alternative extends: generators give it to the base class, and not to those who choose. */
function inheritedBy(at: Json | undefined, root: JsonObject, hops: number): JsonObject | undefined {
  if (hops === 0) return undefined;
  for (const sub of listMember(at, 'allOf').slice(0, MAX_HOPS)) {
    const base = targetOf(sub, root);
    const found = discriminatorOf(base) ?? inheritedBy(base, root, hops - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function valuesOf(discriminator: JsonObject | undefined, pointer: string, root: JsonObject): string[] {
  const mapped = Object.entries(objectMember(discriminator, 'mapping')).flatMap(([value, target]) =>
    typeof target === 'string' && localPointer(root, target) === pointer ? [value] : [],
  );
  const own = textMember(lookUp(root, pointer), 'x-ms-discriminator-value') ?? pointerSteps(pointer)?.at(-1);
  return mapped.length > 0 || own === undefined ? mapped : [own];
}

interface Place {
  readonly at: Json | undefined;
  /** What has the alternatives: it may describe the property for all of them. */
  readonly holder: JsonObject;
  readonly root: JsonObject;
}

/** True when the property is there and takes texts, this one among them. */
function isAllowed(value: string, name: string, { at, holder, root }: Place): boolean {
  const schema = propertyOf(at, name, root, MAX_HOPS) ?? member(objectMember(holder, 'properties'), name);
  if (schema === undefined) return false;
  const own = targetOf(schema, root);
  const values = listMember(own, 'enum');
  const constant = member(own, 'const');
  const type = member(own, 'type');
  if (constant !== undefined) return constant === value;
  if (values.length > 0) return values.includes(value);
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
}

function propertyOf(at: Json | undefined, name: string, root: JsonObject, hops: number): Json | undefined {
  if (hops === 0) return undefined;
  const schema = targetOf(at, root);
  const own = member(objectMember(schema, 'properties'), name);
  if (own !== undefined) return own;
  for (const sub of listMember(schema, 'allOf').slice(0, MAX_HOPS)) {
    const found = propertyOf(sub, name, root, hops - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
