import { canonicalJson, type Json, type JsonObject, type JsonSchema } from '@counterpart/schemas';
import { referenceName } from '../schema/compilable-schema.ts';
import { isArray, isObject, own, toSchema, toSchemaMap, toSchemas, toStrings } from '../schema/json-value.ts';
import { combine, keywordMerges } from './keyword-merge.ts';
import { compilePattern } from '../pattern/pattern.ts';

export type TypeName = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** Alternatives, one of which a value must take. */
export interface Choice {
  readonly kind: 'anyOf' | 'oneOf';
  readonly options: readonly JsonSchema[];
}

/**
 * A schema with references followed and `allOf` folded in: what is left to decide are the choices.
 * `undefined` stands for a schema that no value satisfies.
 */
export interface Shape {
  /** Absent: every type. */
  readonly types?: readonly TypeName[];
  /** Folded keywords, without applicators of the same value. */
  readonly keywords: JsonObject;
  readonly patterns: readonly string[];
  readonly choices: readonly Choice[];
  /** Schemas that must not accept the value. */
  readonly excluded: readonly JsonSchema[];
  /** Names of the types that were followed. */
  readonly references: readonly string[];
}

export type TypeLookup = (name: string) => JsonSchema | undefined;

const EVERYTHING: Shape = { keywords: {}, patterns: [], choices: [], excluded: [], references: [] };
const TYPE_NAMES: readonly TypeName[] = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];
const FOLDED = new Set([
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'type',
  'pattern',
  '$defs',
]);

function readTypes(value: Json | undefined): readonly TypeName[] | undefined {
  const named = typeof value === 'string' ? [value] : toStrings(value);
  const known = TYPE_NAMES.filter((name) => named.includes(name));
  return known.length > 0 ? named.flatMap((name) => known.filter((type) => type === name)) : undefined;
}

function intersectTypes(a: Shape['types'], b: Shape['types']): Shape['types'] {
  if (!a || !b) return a ?? b;
  const accepts = (types: readonly TypeName[], type: TypeName): boolean =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  const both = [...a.filter((type) => accepts(b, type)), ...b.filter((type) => accepts(a, type))];
  return [...new Set(both)].filter(
    (type, _, all) =>
      type !== 'number' || !all.includes('integer') || (a.includes('number') && b.includes('number')),
  );
}

/** `if`, `then`, `else` as the two ways a value can satisfy them. */
function conditionAsChoice(schema: JsonObject): readonly Choice[] {
  const condition = own(schema, 'if');
  const then = own(schema, 'then');
  const otherwise = own(schema, 'else');
  if (condition === undefined || (then === undefined && otherwise === undefined)) return [];
  const met: JsonSchema = { allOf: [condition, then ?? true] };
  const unmet: JsonSchema = { allOf: [{ not: condition }, otherwise ?? true] };
  return [{ kind: 'anyOf', options: [met, unmet] }];
}

function ownShape(schema: JsonObject): Shape {
  const types = readTypes(own(schema, 'type'));
  const pattern = own(schema, 'pattern');
  const not = own(schema, 'not');
  const choices: Choice[] = [];
  if (isArray(schema['anyOf']) && schema['anyOf'].length > 0)
    choices.push({ kind: 'anyOf', options: toSchemas(schema['anyOf']) });
  if (isArray(schema['oneOf']) && schema['oneOf'].length > 0)
    choices.push({ kind: 'oneOf', options: toSchemas(schema['oneOf']) });
  return {
    ...(types ? { types } : {}),
    keywords: Object.fromEntries(Object.entries(schema).filter(([key]) => !FOLDED.has(key))),
    patterns: typeof pattern === 'string' ? [pattern] : [],
    choices: [...choices, ...conditionAsChoice(schema)],
    excluded: not === undefined ? [] : [toSchema(not)],
    references: [],
  };
}

/** What an object schema asks of one member: its property, every pattern it matches, else the rule for additional ones. */
export function memberSchema(keywords: JsonObject, name: string): JsonSchema {
  const asked: JsonSchema[] = [];
  const property = isObject(keywords['properties']) ? own(keywords['properties'], name) : undefined;
  if (property !== undefined) asked.push(toSchema(property));
  for (const [pattern, schema] of Object.entries(toSchemaMap(keywords['patternProperties']))) {
    if (compilePattern(pattern).test(name)) asked.push(schema);
  }
  if (asked.length === 0)
    return toSchema(keywords['additionalProperties'] ?? keywords['unevaluatedProperties']);
  return asked.reduce(combine);
}

function mergeMembers(a: JsonObject, b: JsonObject): JsonObject {
  const names = new Set([
    ...Object.keys(toSchemaMap(a['properties'])),
    ...Object.keys(toSchemaMap(b['properties'])),
  ]);
  if (names.size === 0) return {};
  const merged = [...names].map((name): [string, Json] => {
    const inA = isObject(a['properties']) && Object.hasOwn(a['properties'], name);
    const inB = isObject(b['properties']) && Object.hasOwn(b['properties'], name);
    // `unevaluatedProperties` sees the members its siblings declare; `additionalProperties` does not.
    const fromA = inA || !('unevaluatedProperties' in a) ? memberSchema(a, name) : true;
    const fromB = inB || !('unevaluatedProperties' in b) ? memberSchema(b, name) : true;
    return [name, combine(fromA, fromB)];
  });
  return { properties: Object.fromEntries(merged) };
}

function mergeKeywords(a: JsonObject, b: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...b, ...a };
  for (const key of Object.keys(b)) {
    const left = own(a, key);
    const right = own(b, key);
    const rule = keywordMerges.get(key);
    if (left !== undefined && right !== undefined && rule) merged[key] = rule(left, right);
  }
  return { ...merged, ...mergeMembers(a, b) };
}

/** What satisfies both shapes; undefined when their types exclude each other. */
export function mergeShapes(a: Shape, b: Shape): Shape | undefined {
  const types = intersectTypes(a.types, b.types);
  if (types?.length === 0) return undefined;
  const keywords = mergeKeywords(a.keywords, b.keywords);
  if (isArray(keywords['enum']) && keywords['enum'].length === 0) return undefined;
  return {
    ...(types ? { types } : {}),
    keywords,
    patterns: [...new Set([...a.patterns, ...b.patterns])],
    choices: [...a.choices, ...b.choices],
    excluded: [...a.excluded, ...b.excluded],
    references: [...new Set([...a.references, ...b.references])],
  };
}

/** Follows references and folds `allOf`; undefined when no value can satisfy the schema. */
function toShape(schema: JsonSchema, type: TypeLookup, followed: readonly string[] = []): Shape | undefined {
  if (schema === false) return undefined;
  if (schema === true) return EVERYTHING;
  let shape: Shape | undefined = ownShape(schema);
  const name = referenceName(schema);
  if (name !== undefined && !followed.includes(name)) {
    const target = toShape(type(name) ?? true, type, [...followed, name]);
    shape = target && mergeShapes(shape, { ...target, references: [name, ...target.references] });
  }
  for (const part of toSchemas(schema['allOf'])) {
    const folded = toShape(part, type, followed);
    shape = shape && folded && mergeShapes(shape, folded);
  }
  return shape;
}

/** Shapes of schemas, each folded once. */
export function createShapes(type: TypeLookup): (schema: JsonSchema) => Shape | undefined {
  const known = new WeakMap<JsonObject, { readonly shape: Shape | undefined }>();
  return (schema) => {
    if (typeof schema === 'boolean') return toShape(schema, type);
    const entry = known.get(schema) ?? { shape: toShape(schema, type) };
    known.set(schema, entry);
    return entry.shape;
  };
}

/** Values that `const` and `enum` leave; undefined when neither is given. */
export function allowedValues(keywords: JsonObject): readonly Json[] | undefined {
  const constant = own(keywords, 'const');
  const listed = own(keywords, 'enum');
  if (constant === undefined) return isArray(listed) ? listed : undefined;
  const key = canonicalJson(constant);
  return !isArray(listed) || listed.some((value) => canonicalJson(value) === key) ? [constant] : [];
}
