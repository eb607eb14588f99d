import { isArray, isObject, toSchema } from '@counterpart/scaffolds/mirror/schema/json-value';
import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import * as fc from 'fast-check';

/** Levels at which optional members and items of lists are still made. */
const MAX_DEPTH = 4;
const MAX_ITEMS = 3;

const listOf = (value: Json | undefined): readonly Json[] => (isArray(value) ? value : []);
const mapOf = (value: Json | undefined): Readonly<Record<string, Json>> => (isObject(value) ? value : {});
const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

type Types = Readonly<Record<string, JsonSchema>>;

/**
 * Values that are meant to fit a schema; not all do, since keywords that only a validator can weigh are left to it.
 * Written for this judge alone: it shares nothing with what the mirror makes its own values by.
 */
export function arbitraryOf(schema: JsonSchema, types: Types, depth = 0): fc.Arbitrary<Json> {
  if (typeof schema === 'boolean') return fc.constant('anything');
  const whole = flatten(schema, types);
  if ('const' in whole) return fc.constant(whole['const'] ?? null);
  const allowed = listOf(whole['enum']);
  if (allowed.length > 0) return fc.constantFrom(...allowed);
  for (const keyword of ['oneOf', 'anyOf']) {
    const options = listOf(whole[keyword]);
    if (options.length === 0) continue;
    const { [keyword]: _chosen, ...rest } = whole;
    return fc.oneof(
      ...options.map((option) => arbitraryOf({ ...rest, allOf: [toSchema(option)] }, types, depth)),
    );
  }
  const names = typeof whole['type'] === 'string' ? [whole['type']] : listOf(whole['type']).map(String);
  const implied = 'properties' in whole ? ['object'] : 'items' in whole ? ['array'] : ['string'];
  const kinds = names.length > 0 ? names : implied;
  return fc.oneof(...kinds.map((kind) => ofType(kind, whole, types, depth)));
}

/** A schema with its reference followed and its `allOf` poured into it. */
function flatten(schema: JsonObject, types: Types, steps = 0): JsonObject {
  const { $ref, allOf, ...own } = schema;
  const parts = [
    ...(typeof $ref === 'string' ? [types[$ref.replace('#/$defs/', '')] ?? true] : []),
    ...listOf(allOf).map(toSchema),
  ].filter(isObject);
  if (parts.length === 0 || steps > 12) return own;
  return parts
    .map((part) => flatten(part, types, steps + 1))
    .reduceRight<JsonObject>(
      (inner, outer) => ({
        ...outer,
        ...inner,
        ...('properties' in outer || 'properties' in inner
          ? { properties: { ...mapOf(outer['properties']), ...mapOf(inner['properties']) } }
          : {}),
        ...('required' in outer || 'required' in inner
          ? { required: [...new Set([...listOf(outer['required']), ...listOf(inner['required'])])] }
          : {}),
      }),
      own,
    );
}

function ofType(kind: string, schema: JsonObject, types: Types, depth: number): fc.Arbitrary<Json> {
  switch (kind) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numbers(kind, schema);
    case 'array':
      return lists(schema, types, depth);
    case 'object':
      return objects(schema, types, depth);
    default:
      return texts(schema);
  }
}

function numbers(kind: 'integer' | 'number', schema: JsonObject): fc.Arbitrary<Json> {
  const step = numberOf(schema['multipleOf']) ?? (kind === 'integer' ? 1 : 0);
  const above = numberOf(schema['exclusiveMinimum']);
  const below = numberOf(schema['exclusiveMaximum']);
  const least = numberOf(schema['minimum']) ?? (above === undefined ? -1_000 : above + (step || 0.5));
  const most = numberOf(schema['maximum']) ?? (below === undefined ? least + 100_000 : below - (step || 0.5));
  if (step === 0) return fc.double({ min: least, max: most, noNaN: true });
  const [low, high] = [Math.ceil(least / step), Math.floor(most / step)];
  return fc.integer({ min: low, max: Math.max(low, Math.min(high, 2_000_000_000)) }).map((n) => n * step);
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  email: fc.stringMatching(/^[a-z]{3,8}@[a-z]{3,8}\.example$/),
  uri: fc.stringMatching(/^https:\/\/[a-z]{3,8}\.example\/[a-z]{1,8}$/),
  ipv4: fc.ipV4(),
  date: fc.stringMatching(/^20[0-4]\d-0[1-9]-1\d$/),
  'date-time': fc.stringMatching(/^20[0-4]\d-0[1-9]-1\dT1\d:[0-5]\d:[0-5]\dZ$/),
};

function texts(schema: JsonObject): fc.Arbitrary<Json> {
  const { pattern, format } = schema;
  const known = typeof format === 'string' ? FORMATS[format] : undefined;
  if (known !== undefined) return known;
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  const minLength = numberOf(schema['minLength']) ?? 0;
  const maxLength = Math.max(minLength, Math.min(numberOf(schema['maxLength']) ?? 12, minLength + 12));
  return fc.string({ unit: 'grapheme', minLength, maxLength });
}

function lists(schema: JsonObject, types: Types, depth: number): fc.Arbitrary<Json> {
  const minLength = numberOf(schema['minItems']) ?? 0;
  const roomy = Math.max(minLength, Math.min(numberOf(schema['maxItems']) ?? MAX_ITEMS, MAX_ITEMS));
  const maxLength = depth >= MAX_DEPTH ? minLength : roomy;
  if (maxLength === 0) return fc.constant([]);
  const item = arbitraryOf(toSchema(schema['items']), types, depth + 1);
  return schema['uniqueItems'] === true
    ? fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) })
    : fc.array(item, { minLength, maxLength });
}

function objects(schema: JsonObject, types: Types, depth: number): fc.Arbitrary<Json> {
  const required = listOf(schema['required']).map(String);
  const members = Object.entries(mapOf(schema['properties'])).filter(
    ([name, member]) =>
      required.includes(name) || (depth < MAX_DEPTH && !(isObject(member) && member['readOnly'] === true)),
  );
  const arbitraries = members.map(([name, member]): [string, fc.Arbitrary<Json>] => [
    name,
    arbitraryOf(toSchema(member), types, depth + 1),
  ]);
  return fc.record(Object.fromEntries(arbitraries), {
    requiredKeys: members.map(([name]) => name).filter((name) => required.includes(name)),
    noNullPrototype: true,
  });
}
