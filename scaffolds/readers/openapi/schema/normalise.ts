import type { Inner } from './inner.ts';
import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isArray, isObject, listMember, member, pointerTo, textMember } from '../source/json-tree.ts';
import { MAX_SCHEMA_DEPTH } from '../source/limits.ts';
import { Unusable } from '../document/omissions.ts';
import { followThrough, type Located } from '../document/references.ts';
import {
  annotationKeywords,
  defaultKeyword,
  exampleKeyword,
  formatKeywords,
  isNullable,
  numericKeywords,
  typeAndValues,
  usablePattern,
  withLongValuesInWords,
  type Keywords,
} from './keywords.ts';
import { simplerAllOf } from './all-of.ts';
import { subtypesOf, withDiscriminator } from './discriminator.ts';
import { inputKey, objectKeywords } from './properties.ts';
import type { SchemaScope } from './scope.ts';
import { referenceTo } from './walk.ts';

const OUTERMOST: Inner = { depth: 0, hidden: new Set() };
const ANNOTATIONS = new Set([
  'nullable',
  'x-nullable',
  'title',
  'description',
  'example',
  'readOnly',
  'writeOnly',
  'deprecated',
  'externalDocs',
]);

/**
 * A schema of any dialect as JSON Schema 2020-12 whose references point to types of the blueprint.
 * Never throws: what cannot be used becomes open and is reported through the scope.
 */
export function normaliseSchema(
  value: Json | undefined,
  pointer: string,
  scope: SchemaScope,
  inner: Inner = OUTERMOST,
): JsonSchema {
  if (typeof value === 'boolean') return value;
  if (!isObject(value)) {
    scope.lose({
      code: 'schema-unusable',
      severity: 'notice',
      pointer,
      reason: 'is not a schema; any value is accepted',
    });
    return {};
  }
  if (inner.depth > MAX_SCHEMA_DEPTH) {
    const reason = `is nested more than ${MAX_SCHEMA_DEPTH} levels deep; any value is accepted`;
    scope.lose({ code: 'schema-unusable', severity: 'part', pointer, reason });
    return {};
  }
  const reference = textMember(value, '$ref') ?? textMember(value, '$dynamicRef');
  if (reference !== undefined) return referenceSchema({ value, reference, pointer }, scope, inner);
  return ownSchema(value, pointer, scope, inner);
}

function ownSchema(value: JsonObject, pointer: string, scope: SchemaScope, inner: Inner): JsonSchema {
  const below = (sub: Json | undefined, hidden: ReadonlySet<string>, ...keys: (string | number)[]) =>
    normaliseSchema(sub, pointerTo(pointer, ...keys), scope, { depth: inner.depth + 1, hidden });
  const base: Keywords = { ...typeAndValues(value), ...formatKeywords(value), ...numericKeywords(value) };
  const { hidden, keywords } = objectKeywords(value, pointer, scope, { inner, below });
  const schema: Keywords = {
    ...annotationKeywords(value),
    ...base,
    ...patternKeyword(value, pointer, scope),
    ...keywords,
    ...arrayKeywords(value, base, below),
    ...combinatorKeywords(value, { hidden, below, scope }),
    ...defaultKeyword(value, base),
    ...exampleKeyword(value, base),
  };
  const simple = simplerAllOf(withLongValuesInWords(schema));
  return isNullable(value) && simple['type'] === undefined ? orNull(simple) : simple;
}

/** Allows null beside what a schema without `type` allows; one that allows everything stays as it is. */
function orNull(schema: Keywords): Keywords {
  const { title, description, deprecated, default: fallback, examples, ...constraints } = schema;
  if (constraints['enum'] !== undefined || Object.keys(constraints).length === 0) return schema;
  const annotations = Object.entries({ title, description, deprecated, default: fallback, examples });
  const kept = Object.fromEntries(
    annotations.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
  return { ...kept, anyOf: [constraints, { type: 'null' }] };
}

interface Reference {
  readonly value: JsonObject;
  readonly reference: string;
  readonly pointer: string;
}

function referenceSchema(
  { value, reference, pointer }: Reference,
  scope: SchemaScope,
  inner: Inner,
): JsonSchema {
  const siblings = Object.fromEntries(
    Object.entries(value).filter(([key]) => !/^\$(?:dynamicR|r)ef$/.test(key)),
  );
  const isOld = scope.dialect === '2.0' || scope.dialect === '3.0';
  // Before 3.1 the siblings of a reference mean nothing, except those that describe: authors write them to be read.
  const counted = isOld
    ? Object.fromEntries(Object.entries(siblings).filter(([key]) => ANNOTATIONS.has(key)))
    : siblings;
  const own =
    Object.keys(counted).length === 0
      ? {}
      : ownSchema({ ...counted, nullable: false, 'x-nullable': false }, pointer, scope, inner);
  const rest = typeof own === 'boolean' ? {} : own;
  const target = typeOf({ value, reference, pointer }, scope);
  if (target === undefined) return rest;
  const one = isNullable(value) ? { anyOf: [target, { type: 'null' }] } : target;
  const { anyOf, ...others } = rest;
  if (anyOf === undefined || one['anyOf'] === undefined) return { ...one, ...rest };
  return { allOf: [one, { anyOf }], ...others };
}

/** The type that a reference names, or those that it stands for. */
function typeOf({ value, reference, pointer }: Reference, scope: SchemaScope): JsonObject | undefined {
  const target = targetAt(reference, pointer, scope);
  if (target === undefined) return undefined;
  const arms = scope.direction === 'request' && !isInheritance(pointer) ? subtypesOf(target, scope.root) : [];
  if (arms.length === 0) return { $ref: referenceTo(scope.typeName(target.pointer, scope.direction)) };
  const holder = isObject(target.value) ? target.value : {};
  const key = (name: string): string => inputKey(name, scope);
  const { description } = annotationKeywords({ ...holder, ...value });
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: arms.map((arm): JsonSchema => {
      const schema = { $ref: referenceTo(scope.typeName(arm, scope.direction)) };
      return withDiscriminator(schema, { raw: { $ref: arm }, holder, key }, scope);
    }),
  };
}

/** True where a component says what it extends: there a base class is what it says itself, and none of its subtypes. */
const isInheritance = (pointer: string): boolean =>
  /^#\/(?:components\/schemas|definitions)\/[^/]+\/allOf\/\d+$/.test(pointer);

function targetAt(reference: string, pointer: string, scope: SchemaScope): Located | undefined {
  try {
    return followThrough(scope.root, reference, pointer);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    scope.lose({
      code: error.code,
      severity: 'part',
      pointer,
      reason: `${error.message}; any value is accepted there`,
    });
    return undefined;
  }
}

function patternKeyword(value: JsonObject, pointer: string, scope: SchemaScope): Keywords {
  const pattern = textMember(value, 'pattern');
  if (pattern === undefined || pattern === '') return {};
  const usable = usablePattern(pattern);
  if (usable !== undefined) return { pattern: usable };
  const reason = `has a pattern that is not a valid regular expression (${JSON.stringify(pattern.slice(0, 80))}); it is not checked`;
  scope.lose({ code: 'schema-unusable', severity: 'notice', pointer, reason });
  return {};
}

type Below = (sub: Json | undefined, hidden: ReadonlySet<string>, ...keys: (string | number)[]) => JsonSchema;
const NOTHING: ReadonlySet<string> = new Set();

function arrayKeywords(value: JsonObject, base: Keywords, below: Below): Keywords {
  const items = member(value, 'items');
  const prefix = isArray(items) ? items : listMember(value, 'prefixItems');
  const result: Keywords = {};
  if (prefix.length > 0) {
    const keyword = isArray(items) ? 'items' : 'prefixItems';
    result['prefixItems'] = prefix.map((sub, index) => below(sub, NOTHING, keyword, index));
  }
  const rest = isArray(items) ? member(value, 'additionalItems') : items;
  if (rest !== undefined && rest !== null)
    result['items'] = below(rest, NOTHING, isArray(items) ? 'additionalItems' : 'items');
  // OpenAI refuses an array that does not say what it holds.
  if (base['type'] === 'array' && Object.keys(result).length === 0) result['items'] = {};
  for (const keyword of ['contains', 'unevaluatedItems']) {
    const sub = member(value, keyword);
    if (sub !== undefined) result[keyword] = below(sub, NOTHING, keyword);
  }
  return result;
}

interface Combining {
  readonly hidden: ReadonlySet<string>;
  readonly below: Below;
  readonly scope: SchemaScope;
}

function combinatorKeywords(value: JsonObject, { hidden, below, scope }: Combining): Keywords {
  const key = (name: string): string => inputKey(name, scope);
  const result: Keywords = {};
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const list = listMember(value, keyword);
    const members = list.map((raw, index): JsonSchema => {
      if (isNullArm(raw, keyword)) return { type: 'null' };
      const arm = below(raw, hidden, keyword, index);
      return keyword === 'allOf' ? arm : withDiscriminator(arm, { raw, holder: value, key }, scope);
    });
    if (members.length > 0) result[keyword] = members;
  }
  for (const keyword of ['not', 'if', 'then', 'else']) {
    const sub = member(value, keyword);
    if (sub !== undefined) result[keyword] = below(sub, hidden, keyword);
  }
  return result;
}

/** An arm that says nothing but `nullable: true` stands for null in 3.0; read as it is written it would accept everything. */
function isNullArm(sub: Json, keyword: string): boolean {
  return (
    keyword !== 'allOf' &&
    isObject(sub) &&
    isNullable(sub) &&
    Object.keys(sub).every((key) => ANNOTATIONS.has(key))
  );
}
