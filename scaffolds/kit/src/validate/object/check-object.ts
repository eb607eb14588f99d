import { isKeywords, type Keywords, type Place } from '../schema.ts';
import { isList } from '../../json-value.ts';
import { evaluatedMembers } from './evaluated.ts';
import { patternOf } from '../check-scalar.ts';
import { nearest } from '../nearest.ts';
import type { Problem } from '../problem.ts';

const MOST_NAMES = 20;

type Members = { readonly [key: string]: unknown };
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !isList(value);

const strings = (value: unknown): string[] =>
  isList(value) ? value.filter((item): item is string => typeof item === 'string') : [];

function missing(schema: Keywords, value: Members, { path }: Place): Problem[] {
  const dependent = isKeywords(schema['dependentRequired'])
    ? Object.entries(schema['dependentRequired']).flatMap(([key, names]) =>
        Object.hasOwn(value, key) ? strings(names) : [],
      )
    : [];
  const names = new Set([...strings(schema['required']), ...dependent]);
  return [...names]
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => ({
      path: [...path, name],
      keyword: 'required',
      expected: 'required, but missing',
      found: undefined,
    }));
}

function sizeProblems(schema: Keywords, value: Members, { path }: Place): Problem[] {
  const count = Object.keys(value).length;
  const { minProperties: least, maxProperties: most } = schema;
  const problems: Problem[] = [];
  if (typeof least === 'number' && count < least)
    problems.push({
      path,
      keyword: 'minProperties',
      expected: `expected at least ${least} members`,
      found: value,
    });
  if (typeof most === 'number' && count > most)
    problems.push({
      path,
      keyword: 'maxProperties',
      expected: `expected at most ${most} members`,
      found: value,
    });
  return problems;
}

function unknownMember(name: string, known: readonly string[], place: Place): Problem {
  const similar = nearest(name, known);
  const hint =
    known.length === 0
      ? 'none is allowed'
      : `allowed: ${known.slice(0, MOST_NAMES).join(', ')}${known.length > MOST_NAMES ? ', …' : ''}`;
  const expected = similar === undefined ? `unknown; ${hint}` : `unknown; did you mean ${similar}?`;
  return { path: [...place.path, name], keyword: 'unknown', expected, found: undefined };
}

function memberProblems(schema: Keywords, value: Members, place: Place): Problem[] {
  const properties = isKeywords(schema['properties']) ? schema['properties'] : {};
  const patterned = isKeywords(schema['patternProperties'])
    ? Object.entries(schema['patternProperties'])
    : [];
  const rest = schema['additionalProperties'];
  const names = schema['propertyNames'];
  return Object.entries(value).flatMap(([key, member]) => {
    const matching = patterned.filter(([pattern]) => patternOf(pattern)?.test(key) === true);
    const known = Object.hasOwn(properties, key);
    const nameProblems = names === undefined ? [] : place.check(names, key, key);
    const own = known ? place.check(properties[key], member, key) : [];
    const byPattern = matching.flatMap(([, sub]) => place.check(sub, member, key));
    if (known || matching.length > 0) return [...nameProblems, ...own, ...byPattern];
    return rest === false
      ? [unknownMember(key, Object.keys(properties), place)]
      : [...nameProblems, ...place.check(rest, member, key)];
  });
}

function unevaluatedProblems(schema: Keywords, value: Members, place: Place): Problem[] {
  const rest = schema['unevaluatedProperties'];
  if (rest === undefined || rest === true) return [];
  const { names, declared } = evaluatedMembers(schema, value, place);
  return Object.entries(value)
    .filter(([key]) => !names.has(key))
    .flatMap(([key, member]) =>
      rest === false ? [unknownMember(key, [...declared], place)] : place.check(rest, member, key),
    );
}

/** Problems of an object's members; none for any other value. */
export function objectProblems(schema: Keywords, value: unknown, place: Place): Problem[] {
  if (!isMembers(value)) return [];
  const dependent = isKeywords(schema['dependentSchemas']) ? Object.entries(schema['dependentSchemas']) : [];
  return [
    ...missing(schema, value, place),
    ...sizeProblems(schema, value, place),
    ...memberProblems(schema, value, place),
    ...unevaluatedProblems(schema, value, place),
    ...dependent.flatMap(([key, sub]) => (Object.hasOwn(value, key) ? place.check(sub, value) : [])),
  ];
}
