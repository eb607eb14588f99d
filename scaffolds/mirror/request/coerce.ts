import type { Json, JsonSchema } from '@counterpart/schemas';
import { hasFraction, wholeNumber } from '@counterpart/schemas/exact-json';
import { isArray, isObject, parseJson, toSchema, toSchemas } from '../schema/json-value.ts';
import type { SchemaBook } from '../schema/schema-book.ts';
import { memberSchema, type Shape, type TypeName } from '../sample/shape.ts';

/** What turns wire texts into values needs to know of schemas. */
export interface Typing {
  readonly book: SchemaBook;
  readonly shapeOf: (schema: JsonSchema) => Shape | undefined;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MAX_OPTIONS = 64;

/** Types a schema may accept, through its choices; every type when it does not say. */
export function possibleTypes(schema: JsonSchema, typing: Typing, depth = 0): ReadonlySet<TypeName> {
  const shape = typing.shapeOf(schema);
  if (!shape) return new Set();
  if (shape.types) return new Set(shape.types);
  const { keywords } = shape;
  if ('enum' in keywords || 'const' in keywords)
    return new Set(['string', 'number', 'boolean', 'null', 'array', 'object']);
  const options = shape.choices.flatMap((choice) => choice.options).slice(0, MAX_OPTIONS);
  const known = depth > 4 ? [] : options.map((option) => [...possibleTypes(option, typing, depth + 1)]);
  if (known.length > 0) return new Set(known.flat());
  if ('properties' in keywords || 'additionalProperties' in keywords) return new Set(['object']);
  return 'items' in keywords || 'prefixItems' in keywords ? new Set(['array']) : new Set(['string']);
}

function asNumber(text: string, types: ReadonlySet<TypeName>): readonly Json[] {
  const isWanted = types.has('number') || (types.has('integer') && !hasFraction(text));
  if (!isWanted || !NUMBER.test(text)) return [];
  return [/^-?\d+$/.test(text) ? wholeNumber(text) : Number(text)];
}

function asBoolean(text: string, types: ReadonlySet<TypeName>): readonly Json[] {
  return types.has('boolean') && (text === 'true' || text === 'false') ? [text === 'true'] : [];
}

function asCompound(text: string, types: ReadonlySet<TypeName>): readonly Json[] {
  if (!types.has('object') && !types.has('array')) return [];
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return parsed?.kind === 'value' ? [parsed.value] : [];
}

/** The readings of a wire text that a set of types allows, likeliest first. The text itself is always one. */
function readings(text: string, types: ReadonlySet<TypeName>): readonly Json[] {
  const typed = [...asNumber(text, types), ...asBoolean(text, types), ...asCompound(text, types)];
  const nothing: readonly Json[] = types.has('null') && (text === '' || text === 'null') ? [null] : [];
  return types.has('string') ? [...typed, text, ...nothing] : [...typed, ...nothing, text];
}

/** One wire text as the value a schema asks for; a text that fits nothing stays a text, for the validator to name. */
export function coerceText(text: string, schema: JsonSchema, typing: Typing): Json {
  const found = readings(text, possibleTypes(schema, typing));
  if (found.length === 1) return found[0] ?? text;
  return found.find((value) => typing.book.accepts(schema, value)) ?? found[0] ?? text;
}

/** The schema of an item. */
export function itemSchema(schema: JsonSchema, index: number, typing: Typing): JsonSchema {
  const shape = variantOf(schema, 'array', typing);
  return toSchemas(shape?.keywords['prefixItems'])[index] ?? toSchema(shape?.keywords['items']);
}

/** The schema of a member. */
export function propertySchema(schema: JsonSchema, name: string, typing: Typing): JsonSchema {
  const shape = variantOf(schema, 'object', typing, name);
  return shape ? memberSchema(shape.keywords, name) : true;
}

/** True when a schema declares a member of this name. */
export function declaresMember(schema: JsonSchema, name: string, typing: Typing): boolean {
  const properties = variantOf(schema, 'object', typing, name)?.keywords['properties'];
  return isObject(properties) && Object.hasOwn(properties, name);
}

function declares(shape: Shape | undefined, name: string | undefined): boolean {
  const properties = shape?.keywords['properties'];
  return name === undefined || (isObject(properties) && Object.hasOwn(properties, name));
}

/** Alternatives of a schema that may be of a type, through choices within choices. */
function variantsOf(
  schema: JsonSchema,
  type: 'object' | 'array',
  typing: Typing,
  depth = 0,
): readonly Shape[] {
  const shape = typing.shapeOf(schema);
  if (!shape || depth > 4) return [];
  const options = shape.choices.flatMap((choice) => choice.options).slice(0, MAX_OPTIONS);
  const within = options
    .filter((option) => possibleTypes(option, typing).has(type))
    .flatMap((option) => variantsOf(option, type, typing, depth + 1));
  return [shape, ...within];
}

/** The reading of a schema that is an object or a list; among alternatives, the first that knows the member. */
function variantOf(
  schema: JsonSchema,
  type: 'object' | 'array',
  typing: Typing,
  name?: string,
): Shape | undefined {
  const speaks = type === 'object' ? ['properties', 'additionalProperties'] : ['items', 'prefixItems'];
  const all = variantsOf(schema, type, typing);
  const able = all.filter(({ keywords }) => speaks.some((key) => key in keywords));
  return able.find((shape) => declares(shape, name)) ?? able[0] ?? all[0];
}

/** Texts inside lists and objects that were read from the wire, as the values their schema asks for. */
export function coerceTree(tree: Json, schema: JsonSchema, typing: Typing): Json {
  const types = possibleTypes(schema, typing);
  if (typeof tree === 'string') {
    const value = coerceText(tree, schema, typing);
    // A list of one looks like its item on the wire.
    const isItem = types.has('array') && !isArray(value) && !typing.book.accepts(schema, value);
    return isItem ? [coerceTree(tree, itemSchema(schema, 0, typing), typing)] : value;
  }
  if (isArray(tree)) {
    // A name given once more than the schema allows: the last one counts, as in most servers.
    if (!types.has('array')) return coerceTree(tree.at(-1) ?? '', schema, typing);
    return tree.map((item, index) => coerceTree(item, itemSchema(schema, index, typing), typing));
  }
  if (!isObject(tree)) return tree;
  const keys = Object.keys(tree);
  if (types.has('array') && !types.has('object') && keys.every((key) => /^\d+$/.test(key))) {
    const items = keys.toSorted((a, b) => Number(a) - Number(b)).map((key) => tree[key] ?? '');
    return items.map((item, index) => coerceTree(item, itemSchema(schema, index, typing), typing));
  }
  return Object.fromEntries(
    Object.entries(tree).map(([key, member]) => [
      key,
      coerceTree(member, propertySchema(schema, key, typing), typing),
    ]),
  );
}
