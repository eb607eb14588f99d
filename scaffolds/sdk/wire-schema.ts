import type { Blueprint, Json, JsonSchema } from '@counterpart/schemas';

/** Input keys that stand for another name on the wire, in the whole blueprint. */
export type WireNames = ReadonlyMap<string, string>;

/** All renamed keys inside values; a key stands for one name in a blueprint, so they can be put together. */
export function wireNamesOf({ operations }: Blueprint): WireNames {
  const all = operations.flatMap(({ http }) => [
    ...http.parameters.flatMap(({ renames }) => Object.entries(renames ?? {})),
    ...Object.entries(http.body?.renames?.['**'] ?? {}),
  ]);
  return new Map(all);
}

type Keywords = { readonly [keyword: string]: Json };

const isKeywords = (value: Json | undefined): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords whose members are schemas under names that are no keywords. */
const BY_NAME = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
/** Keywords whose values are data, however they look. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'example']);

/** How a schema of the blueprint is told elsewhere. */
export interface Telling {
  readonly names: WireNames;
  /** Where the types of the blueprint are found, such as `#/components/schemas/`. */
  readonly typesAt: string;
}

/** The schema as it holds on the wire: renamed properties under their own names, references to `typesAt`. */
export function toWireSchema(schema: JsonSchema, telling: Telling): JsonSchema {
  if (typeof schema === 'boolean') return schema;
  const { names, typesAt } = telling;
  const nameOf = (key: string): string => names.get(key) ?? key;
  const inner = (value: Json): Json =>
    Array.isArray(value)
      ? value.map((item: Json) => inner(item))
      : isKeywords(value)
        ? toWireSchema(value, telling)
        : value;
  const members = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    if (DATA.has(keyword)) return [keyword, value];
    if (keyword === '$ref' && typeof value === 'string')
      return [keyword, value.replace(/^#\/\$defs\//, typesAt)];
    if (keyword === 'required' && Array.isArray(value))
      return [keyword, value.map((name: Json) => (typeof name === 'string' ? nameOf(name) : name))];
    if (BY_NAME.has(keyword) && isKeywords(value))
      return [
        keyword,
        Object.fromEntries(Object.entries(value).map(([name, one]) => [nameOf(name), inner(one)])),
      ];
    return [keyword, inner(value)];
  });
  return Object.fromEntries(members);
}

/** The schema of one property of an operation's input; `true` when it says nothing. */
export function propertySchema(input: JsonSchema, key: string): JsonSchema {
  if (typeof input === 'boolean') return true;
  const { properties } = input;
  if (!isKeywords(properties) || !Object.hasOwn(properties, key)) return true;
  return properties[key] as JsonSchema; // a member of `properties` is a schema
}
