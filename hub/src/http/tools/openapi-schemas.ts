import { isArray, isObject, own, toStrings } from '@counterpart/scaffolds/mirror/schema/json-value';
import type { Json, JsonObject } from '@counterpart/schemas';

/** Members that hold schemas by name (JSON Schema 2020-12, core 10 and 8.2.4, with the older `definitions`). */
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);
/** Members that are data: what looks like a reference in them is none. */
const DATA = new Set([
  'const',
  'enum',
  'default',
  'examples',
  'example',
  'required',
  'dependentRequired',
  'type',
]);
/** They would give the part of a document in which they stand an address of its own. */
const IDENTITIES = new Set(['$id', '$schema', '$anchor', '$dynamicAnchor']);

/**
 * A schema that can stand at `home`, a pointer such as `#/components/schemas/a`: what it refers to within itself is found there.
 * A reference to another document is left out, and so is what it would have demanded: nothing is ever fetched.
 */
export function rebaseSchema(schema: JsonObject, home: string): JsonObject {
  const anchors = new Map<string, string>();
  findAnchors(schema, home, anchors);
  const rebased = rebase(schema, { home, anchors });
  return isObject(rebased) ? rebased : {};
}

interface Place {
  readonly home: string;
  /** Pointers by the name of an anchor. */
  readonly anchors: ReadonlyMap<string, string>;
}

function rebase(value: Json, place: Place): Json {
  if (isArray(value)) return value.map((member) => rebase(member, place));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, Json][] => {
      if (IDENTITIES.has(key)) return [];
      if (key === '$ref' || key === '$dynamicRef') return referenceMember(member, place);
      if (DATA.has(key)) return [[key, member]];
      if (SCHEMA_MAPS.has(key) && isObject(member)) return [[key, rebaseMap(member, place)]];
      return [[key, rebase(member, place)]];
    }),
  );
}

const rebaseMap = (schemas: JsonObject, place: Place): JsonObject =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, rebase(schema, place)]));

function referenceMember(reference: Json, { home, anchors }: Place): [string, Json][] {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return [];
  if (reference === '#') return [['$ref', home]];
  if (reference.startsWith('#/')) return [['$ref', home + reference.slice(1)]];
  const target = anchors.get(reference.slice(1));
  return target === undefined ? [] : [['$ref', target]];
}

function findAnchors(value: Json, pointer: string, found: Map<string, string>): void {
  if (isArray(value)) return value.forEach((member, at) => findAnchors(member, `${pointer}/${at}`, found));
  if (!isObject(value)) return;
  for (const key of ['$anchor', '$dynamicAnchor']) {
    const name = value[key];
    if (typeof name === 'string' && !found.has(name)) found.set(name, pointer);
  }
  for (const [key, member] of Object.entries(value))
    if (!DATA.has(key))
      findAnchors(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, found);
}

/**
 * Arguments that the schema itself names as fitting: an example of the whole, or examples, defaults and fixed values of all
 * that is required; undefined when it names too few.
 */
export function exampleOf(schema: JsonObject): Json | undefined {
  const named = namedValue(schema);
  if (named !== undefined) return named;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = toStrings(schema['required']);
  const known = required.flatMap((name): [string, Json][] => {
    const property = own(properties, name);
    const value = isObject(property) ? namedValue(property) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return known.length < required.length || known.length === 0 ? undefined : Object.fromEntries(known);
}

function namedValue({ examples, default: usual, const: fixed, enum: choices }: JsonObject): Json | undefined {
  if (isArray(examples) && examples.length > 0) return examples[0];
  return usual ?? fixed ?? (isArray(choices) ? choices[0] : undefined);
}
