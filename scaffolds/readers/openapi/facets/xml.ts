import type { Json, JsonObject, XmlForm, XmlShape } from '@counterpart/schemas';
import { followThrough } from '../document/references.ts';
import { Unusable } from '../document/omissions.ts';
import { isObject, listMember, member, objectMember, pointerSteps, textMember } from '../source/json-tree.ts';

const DEEPEST = 40;

/** True for media types whose content is an XML document made of data: no envelope, page or drawing. */
export function isXmlType(mediaType: string): boolean {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  const isNamed = type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml');
  return isNamed && !/^(?:application\/(?:soap|xhtml)\+xml|image\/svg\+xml)$/.test(type);
}

interface Walk {
  readonly root: JsonObject;
  /** By the pointer of what is referred to. */
  readonly names: Map<string, string>;
  readonly types: Record<string, XmlShape>;
}

/** What an XML Object says of its own schema (3.2 has `nodeType` for `attribute` and `wrapped`). */
function ownShape(schema: JsonObject): XmlShape {
  const xml = objectMember(schema, 'xml');
  const [name, prefix, namespace, nodeType] = ['name', 'prefix', 'namespace', 'nodeType'].map((key) =>
    textMember(xml, key),
  );
  const isAttribute = member(xml, 'attribute') === true || nodeType === 'attribute';
  const isText = nodeType === 'text' || nodeType === 'cdata' || member(xml, 'x-text') === true;
  const isWrapped =
    member(xml, 'wrapped') === true || (nodeType === 'element' && textMember(schema, 'type') === 'array');
  return {
    ...(name === undefined || name === '' ? {} : { name }),
    ...(prefix === undefined || prefix === '' ? {} : { prefix }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    ...(isAttribute ? { node: 'attribute' as const } : isText ? { node: 'text' as const } : {}),
    ...(isWrapped ? { wrapped: true } : {}),
  };
}

function typeOf(walk: Walk, reference: string, depth: number): string | undefined {
  try {
    const { value, pointer } = followThrough(walk.root, reference, '#');
    const known = walk.names.get(pointer);
    if (known !== undefined) return known;
    const base = pointerSteps(pointer)?.at(-1) ?? 'type';
    let name = base;
    for (let number = 2; Object.hasOwn(walk.types, name) || name === '__proto__'; number += 1)
      name = `${base}_${number}`;
    walk.names.set(pointer, name);
    walk.types[name] = {};
    walk.types[name] = shapeOf(walk, value, depth + 1);
    return name;
  } catch (error) {
    // What leads nowhere is reported where its schema is read.
    if (error instanceof Unusable) return undefined;
    throw error;
  }
}

function shapeOf(walk: Walk, schema: Json | undefined, depth = 0): XmlShape {
  if (!isObject(schema) || depth > DEEPEST) return {};
  const reference = textMember(schema, '$ref');
  const type = reference === undefined ? undefined : typeOf(walk, reference, depth);
  const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((keyword) =>
    listMember(schema, keyword).map((part) => flattened(walk, shapeOf(walk, part, depth + 1))),
  );
  const properties: Record<string, XmlShape> = Object.fromEntries(
    parts.flatMap((part) => Object.entries(part.properties ?? {})),
  );
  for (const [name, sub] of Object.entries(objectMember(schema, 'properties')))
    if (name !== '__proto__') properties[name] = { ...properties[name], ...shapeOf(walk, sub, depth + 1) };
  const items = shapeOf(walk, member(schema, 'items'), depth + 1);
  const named = parts.find(({ name }) => name !== undefined && parts.length === 1);
  return {
    ...(named?.name === undefined ? {} : { name: named.name }),
    ...ownShape(schema),
    ...(type === undefined ? {} : { type }),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(Object.keys(items).length > 0 ? { items } : {}),
  };
}

/** A part of a combination with what its type says of properties. */
function flattened({ types }: Walk, shape: XmlShape): XmlShape {
  const base = shape.type === undefined ? undefined : types[shape.type];
  return base === undefined ? shape : { ...base, ...shape };
}

/** Names of types whose shapes say more than the order of their properties; what refers only to others says nothing. */
function tellingTypes(types: Readonly<Record<string, XmlShape>>): {
  readonly telling: ReadonlySet<string>;
  readonly tells: (shape: XmlShape) => boolean;
} {
  const telling = new Set<string>();
  const tells = (shape: XmlShape): boolean =>
    Object.keys(shape).some((key) => !['type', 'properties', 'items'].includes(key)) ||
    (shape.type !== undefined && telling.has(shape.type)) ||
    Object.values(shape.properties ?? {}).some(tells) ||
    (shape.items !== undefined && tells(shape.items));
  for (let before = -1; before < telling.size;) {
    before = telling.size;
    for (const [name, shape] of Object.entries(types)) if (tells(shape)) telling.add(name);
  }
  return { telling, tells };
}

/** A shape without references to types that are left out. */
function pruned(shape: XmlShape, kept: ReadonlySet<string>): XmlShape {
  const { type, properties, items, ...own } = shape;
  const inner = Object.entries(properties ?? {}).map(([name, sub]) => [name, pruned(sub, kept)] as const);
  return {
    ...own,
    ...(type !== undefined && kept.has(type) ? { type } : {}),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner) }),
    ...(items === undefined ? {} : { items: pruned(items, kept) }),
  };
}

/** The name that a schema has by being a shared one. */
const componentName = (schema: Json | undefined): string | undefined => {
  const reference = textMember(schema, '$ref');
  const name = reference === undefined ? undefined : (pointerSteps(reference)?.at(-1) ?? reference);
  return name !== undefined && /^[A-Za-z_][\w.-]*$/.test(name) ? name : undefined;
};

const named = (shape: XmlShape, types: Readonly<Record<string, XmlShape>>): string | undefined =>
  shape.name ?? (shape.type === undefined ? undefined : types[shape.type]?.name);

/**
 * How a value of a schema is written as XML; undefined when the description says nothing of it that names of properties do
 * not say. `whole`: the order of elements is told of all types, for services that want them in order. A root element
 * without a name is called as its shared schema.
 */
export function xmlForm(
  root: JsonObject,
  schema: Json,
  { whole }: { readonly whole: boolean },
): XmlForm | undefined {
  const walk: Walk = { root, names: new Map(), types: {} };
  const raw = shapeOf(walk, schema);
  const { telling, tells } = tellingTypes(walk.types);
  if (!whole && !tells(raw)) return undefined;
  const kept = whole ? new Set(Object.keys(walk.types)) : telling;
  const types = Object.fromEntries(
    [...kept].map((name): [string, XmlShape] => [name, pruned(walk.types[name] ?? {}, kept)]),
  );
  const rootName = named(raw, walk.types) ?? componentName(schema);
  const items = member(schema, 'items');
  const itemName = isObject(items) ? (named(raw.items ?? {}, walk.types) ?? componentName(items)) : undefined;
  const own = pruned(raw, kept);
  const shape: XmlShape = {
    ...own,
    ...(rootName === undefined ? {} : { name: rootName }),
    ...(itemName === undefined ? {} : { items: { ...own.items, name: itemName } }),
  };
  const used = reachable(shape, types);
  return { root: shape, ...(Object.keys(used).length > 0 ? { types: used } : {}) };
}

/** The types that a shape needs, with those they need. */
function reachable(
  shape: XmlShape,
  types: Readonly<Record<string, XmlShape>>,
  found: Record<string, XmlShape> = {},
): Record<string, XmlShape> {
  const { type } = shape;
  const target = type === undefined ? undefined : types[type];
  if (type !== undefined && target !== undefined && !Object.hasOwn(found, type)) {
    found[type] = target;
    reachable(target, types, found);
  }
  for (const sub of Object.values(shape.properties ?? {})) reachable(sub, types, found);
  if (shape.items !== undefined) reachable(shape.items, types, found);
  return found;
}

/** True for a schema whose values are objects or lists, as far as it says: text stays text. */
export function isStructured(root: JsonObject, schema: Json, depth = 0): boolean {
  if (!isObject(schema) || depth > 8) return false;
  const reference = textMember(schema, '$ref');
  if (reference !== undefined) {
    try {
      return isStructured(root, followThrough(root, reference, '#').value, depth + 1);
    } catch (error) {
      if (error instanceof Unusable) return false;
      throw error;
    }
  }
  const type = member(schema, 'type');
  const types = Array.isArray(type) ? type : [type];
  if (types.includes('object') || types.includes('array') || isObject(member(schema, 'properties'))) {
    // An object that says nothing of itself is written by the caller, who alone knows its elements.
    return (
      isObject(member(schema, 'properties')) ||
      member(schema, 'items') !== undefined ||
      listMember(schema, 'allOf').length > 0
    );
  }
  return ['allOf', 'oneOf', 'anyOf'].some((keyword) =>
    listMember(schema, keyword).some((part) => isStructured(root, part, depth + 1)),
  );
}
