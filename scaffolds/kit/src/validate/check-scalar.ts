import type { Json } from '@counterpart/schemas';
import { isList, isNumber, isWhole } from '../json-value.ts';
import type { Keywords } from './schema.ts';
import { equal } from './equal.ts';
import { isMultiple } from './multiple.ts';
import type { Path, Problem } from './problem.ts';

const MOST_LISTED = 12;
/** Longer texts are not matched against patterns: a description's pattern may be slow on purpose or by accident. */
const LONGEST_MATCHED = 50_000;

/** The names in a `type` keyword. */
const namesOf = (type: Json): string[] =>
  (isList(type) ? type : [type]).filter((name) => typeof name === 'string');

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isNumber(value)) return 'number';
  return typeof value;
}

function hasType(value: unknown, type: string): boolean {
  return type === 'integer' ? isWhole(value) : jsonType(value) === type;
}

const articles: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  null: 'null',
  boolean: 'true or false',
};

/** Types as words: `integer or null`. */
function typeWords(type: Json): string {
  return namesOf(type)
    .map((name) => articles[name] ?? name)
    .join(' or ');
}

/** Values as words: `one of "a", "b"`, cut after a dozen. */
function valueWords(values: readonly Json[]): string {
  const listed = values.slice(0, MOST_LISTED).map((value) => JSON.stringify(value));
  const more = values.length > MOST_LISTED ? `, and ${values.length - MOST_LISTED} more` : '';
  return values.length === 1 ? `expected ${listed[0]}` : `expected one of ${listed.join(', ')}${more}`;
}

const patterns = new Map<string, RegExp | undefined>();

/** A description's regular expression; undefined when it is not one. Kept, for schemas repeat theirs. */
export function patternOf(source: string): RegExp | undefined {
  if (!patterns.has(source)) patterns.set(source, compile(source));
  return patterns.get(source);
}

function compile(source: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags);
    } catch {
      // Many descriptions hold expressions of other languages: what JavaScript cannot read is left to the service.
    }
  }
  return undefined;
}

type Rule = (limit: number, value: number) => string | undefined;

const numberRules: Readonly<Record<string, Rule>> = {
  minimum: (limit, value) => (value < limit ? `expected at least ${limit}` : undefined),
  maximum: (limit, value) => (value > limit ? `expected at most ${limit}` : undefined),
  exclusiveMinimum: (limit, value) => (value <= limit ? `expected more than ${limit}` : undefined),
  exclusiveMaximum: (limit, value) => (value >= limit ? `expected less than ${limit}` : undefined),
  multipleOf: (limit, value) =>
    limit > 0 && !isMultiple(value, limit) ? `expected a multiple of ${limit}` : undefined,
};

const lengthRules: Readonly<Record<string, Rule>> = {
  minLength: (limit, length) => (length < limit ? `expected at least ${limit} characters` : undefined),
  maxLength: (limit, length) => (length > limit ? `expected at most ${limit} characters` : undefined),
};

function ruled(rules: Readonly<Record<string, Rule>>, schema: Keywords, measure: number): [string, string][] {
  return Object.entries(rules).flatMap(([keyword, rule]) => {
    const limit = schema[keyword];
    const expected = typeof limit === 'number' ? rule(limit, measure) : undefined;
    return expected === undefined ? [] : [[keyword, expected] as [string, string]];
  });
}

function stringRules(schema: Keywords, value: string): [string, string][] {
  const bounded = 'minLength' in schema || 'maxLength' in schema;
  const problems = bounded ? ruled(lengthRules, schema, Array.from(value).length) : [];
  const { pattern } = schema;
  if (typeof pattern !== 'string' || value.length > LONGEST_MATCHED) return problems;
  return patternOf(pattern)?.test(value) === false
    ? [...problems, ['pattern', `expected text that matches ${pattern}`]]
    : problems;
}

function rulesBroken(schema: Keywords, value: unknown): [string, string][] {
  // Limits are doubles themselves: more of a larger number's digits would decide nothing.
  if (isNumber(value)) return ruled(numberRules, schema, Number(value));
  return typeof value === 'string' ? stringRules(schema, value) : [];
}

/** Problems of the value itself: its type, its closed list, its size. */
export function scalarProblems(schema: Keywords, value: unknown, path: Path): Problem[] {
  const { type } = schema;
  if (type !== undefined && !namesOf(type).some((name) => hasType(value, name))) {
    const expected = isList(schema['enum']) ? valueWords(schema['enum']) : `expected ${typeWords(type)}`;
    return [{ path, keyword: 'type', expected, found: value }];
  }
  const values = isList(schema['enum'])
    ? schema['enum']
    : 'const' in schema
      ? [schema['const'] ?? null]
      : undefined;
  if (values && values.length > 0 && !values.some((allowed) => equal(allowed, value))) {
    const keyword = 'const' in schema ? 'const' : 'enum';
    return [{ path, keyword, expected: valueWords(values), found: value }];
  }
  return rulesBroken(schema, value).map(([keyword, expected]) => ({ path, keyword, expected, found: value }));
}
