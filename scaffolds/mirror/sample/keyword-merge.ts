import { canonicalJson, type Json, type JsonObject, type JsonSchema } from '@counterpart/schemas';
import { isArray, isObject, own, toSchema, toSchemas, toStrings } from '../schema/json-value.ts';

/** The value of a keyword that asks for what two values of it ask for. */
export type KeywordMerge = (a: Json, b: Json) => Json;

/** A schema that accepts what both accept. */
export function combine(a: JsonSchema, b: JsonSchema): JsonSchema {
  if (a === true || canonicalJson(a) === canonicalJson(b)) return b;
  if (b === true) return a;
  if (a === false || b === false) return false;
  return { allOf: [a, b] };
}

const both: KeywordMerge = (a, b) => combine(toSchema(a), toSchema(b));
const larger: KeywordMerge = (a, b) => (typeof a === 'number' && typeof b === 'number' ? Math.max(a, b) : b);
const smaller: KeywordMerge = (a, b) => (typeof a === 'number' && typeof b === 'number' ? Math.min(a, b) : b);
const either: KeywordMerge = (a, b) => a === true || b === true;

const sharedValues: KeywordMerge = (a, b) => {
  if (!isArray(a) || !isArray(b)) return isArray(a) ? a : b;
  const kept = new Set(b.map((value) => canonicalJson(value)));
  return a.filter((value) => kept.has(canonicalJson(value)));
};

const allNames: KeywordMerge = (a, b) => [...new Set([...toStrings(a), ...toStrings(b)])];

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

const commonMultiple: KeywordMerge = (a, b) => {
  if (typeof a !== 'number' || typeof b !== 'number') return b;
  if (Number.isInteger(a / b)) return a;
  if (Number.isInteger(b / a)) return b;
  return Number.isInteger(a) && Number.isInteger(b) ? (a * b) / greatestDivisor(a, b) : a * b;
};

/** Merges two maps member by member. */
function byMember(merge: KeywordMerge): KeywordMerge {
  return (a, b) => {
    if (!isObject(a) || !isObject(b)) return isObject(a) ? a : b;
    const shared = Object.keys(b).map((key): [string, Json] => {
      const left = own(a, key);
      const right = own(b, key) ?? true;
      return [key, left === undefined ? right : merge(left, right)];
    });
    return { ...a, ...Object.fromEntries(shared) } satisfies JsonObject;
  };
}

const byPosition: KeywordMerge = (a, b) => {
  const left = toSchemas(a);
  const right = toSchemas(b);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    combine(left[index] ?? true, right[index] ?? true),
  );
};

/** Keywords whose two values must both hold; of any other (annotations, `format`), the first value stays. */
export const keywordMerges: ReadonlyMap<string, KeywordMerge> = new Map(
  Object.entries<KeywordMerge>({
    minimum: larger,
    exclusiveMinimum: larger,
    minLength: larger,
    minItems: larger,
    minProperties: larger,
    minContains: larger,
    maximum: smaller,
    exclusiveMaximum: smaller,
    maxLength: smaller,
    maxItems: smaller,
    maxProperties: smaller,
    maxContains: smaller,
    multipleOf: commonMultiple,
    uniqueItems: either,
    enum: sharedValues,
    required: allNames,
    items: both,
    contains: both,
    propertyNames: both,
    additionalProperties: both,
    unevaluatedProperties: both,
    unevaluatedItems: both,
    prefixItems: byPosition,
    patternProperties: byMember(both),
    dependentRequired: byMember(allNames),
    dependentSchemas: byMember(both),
  }),
);
