import { getNamedType, isLeafType, type GraphQLObjectType } from 'graphql';
import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../../schema/json-value.ts';
import { isReference, type Thing, type World } from './entities.ts';

/** Arguments that say which part of a list, not which things. */
const PAGING = /^(?:first|last|after|before|limit|take|offset|skip|page|page_?size|per_?page|count)$/i;
const ORDERING = /^_?(?:order_?by|sort(?:_?by)?|order|sort_?(?:order|direction))$/i;
const SEARCHING = /^_?(?:q|query|search|text|term|keyword|filter_?text|contains)$/i;
const GROUPING = /^_?(?:filters?|where|input|condition|criteria|by)$/i;

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** The member of a thing that an argument speaks of; undefined when there is none. */
function memberFor(world: World, thing: Thing, name: string): Json | undefined {
  const { value } = thing.row;
  if (Object.hasOwn(value, name)) return value[name];
  const wanted = plain(name);
  const own = Object.keys(value).find((key) => plain(key) === wanted);
  if (own !== undefined) return value[own];
  const type = world.schema.getType(thing.__typename) as GraphQLObjectType; // things are of object types
  if (wanted === `${plain(type.name)}id`) return value['id'];
  const singular = wanted.replace(/s$/, '');
  const listed = Object.keys(value).find((key) => plain(key) === singular);
  if (listed !== undefined) return value[listed];
  // `authorId` speaks of the thing that `author` refers to.
  const target = Object.entries(value).find(([key]) => `${plain(key)}id` === wanted);
  return target !== undefined && isReference(target[1]) ? target[1].$id : undefined;
}

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const same = (a: Json, b: Json): boolean => text(a) === text(b);

const smaller = (a: Json, b: Json): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a < b : text(a) < text(b);

type Test = (value: Json, wanted: Json) => boolean;

const listed = (wanted: Json): readonly Json[] => (isArray(wanted) ? wanted : [wanted]);

/** Comparisons by the names that filter languages give them, without their underscores. */
const TESTS: Readonly<Record<string, Test>> = {
  eq: same,
  equals: same,
  equalto: same,
  is: same,
  ne: (a, b) => !same(a, b),
  neq: (a, b) => !same(a, b),
  not: (a, b) => !same(a, b),
  in: (a, b) => listed(b).some((one) => same(a, one)),
  nin: (a, b) => !listed(b).some((one) => same(a, one)),
  notin: (a, b) => !listed(b).some((one) => same(a, one)),
  gt: (a, b) => smaller(b, a),
  gte: (a, b) => !smaller(a, b),
  from: (a, b) => !smaller(a, b),
  min: (a, b) => !smaller(a, b),
  lt: (a, b) => smaller(a, b),
  lte: (a, b) => !smaller(b, a),
  to: (a, b) => !smaller(b, a),
  max: (a, b) => !smaller(b, a),
  contains: (a, b) => text(a).includes(text(b)),
  icontains: (a, b) => text(a).toLowerCase().includes(text(b).toLowerCase()),
  like: (a, b) => text(a).includes(text(b).replaceAll('%', '')),
  ilike: (a, b) => text(a).toLowerCase().includes(text(b).replaceAll('%', '').toLowerCase()),
  startswith: (a, b) => text(a).startsWith(text(b)),
  endswith: (a, b) => text(a).endsWith(text(b)),
};

function fitsMember(value: Json, wanted: Json): boolean {
  if (isArray(wanted))
    return isArray(value)
      ? wanted.some((one) => value.some((item) => same(item, one)))
      : listed(wanted).some((one) => same(value, one));
  if (!isObject(wanted))
    return isArray(value) ? value.some((item) => same(item, wanted)) : same(value, wanted);
  return Object.entries(wanted).every(([operator, operand]) => {
    const test = TESTS[plain(operator)];
    return test === undefined || operand === null || test(value, operand);
  });
}

/** True when a thing has what a filter asks for; what no member answers to is passed over. */
export function fits(world: World, thing: Thing, filter: JsonObject): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const bare = plain(name);
    if (wanted === null || PAGING.test(name) || ORDERING.test(name)) return true;
    if (bare === 'and') return listed(wanted).every((one) => !isObject(one) || fits(world, thing, one));
    if (bare === 'or') return listed(wanted).some((one) => !isObject(one) || fits(world, thing, one));
    if (bare === 'not' && isObject(wanted)) return !fits(world, thing, wanted);
    const value = memberFor(world, thing, name);
    if (value !== undefined) return fitsMember(value, wanted);
    return !GROUPING.test(name) || !isObject(wanted) || fits(world, thing, wanted);
  });
}

const holds = ({ row }: Thing, words: string): boolean =>
  Object.values(row.value).some((value) => typeof value === 'string' && value.toLowerCase().includes(words));

/** Of the things those with the words searched for; all of them when none has: a query language is not ours to know. */
export function searched(things: readonly Thing[], args: JsonObject): readonly Thing[] {
  const words = Object.entries(args).find(
    ([name, value]) => SEARCHING.test(name) && typeof value === 'string',
  )?.[1];
  if (typeof words !== 'string' || words.trim() === '') return things;
  const found = things.filter((thing) => holds(thing, words.trim().toLowerCase()));
  return found.length === 0 ? things : found;
}

interface Order {
  readonly field: string;
  readonly isDown: boolean;
}

/** `{ field: NAME, direction: DESC }`, `{ name: desc }` and `NAME_DESC` alike. */
function orderOf(value: Json): Order | undefined {
  if (isArray(value)) return value[0] === undefined ? undefined : orderOf(value[0]);
  if (typeof value === 'string')
    return {
      field: plain(value.replace(/_?(?:ASC|DESC)(?:ENDING)?$/i, '')),
      isDown: /DESC(?:ENDING)?$/i.test(value),
    };
  if (!isObject(value)) return undefined;
  const direction = Object.entries(value).find(([name]) => /direction|^order$/i.test(name))?.[1];
  const isDown = typeof direction === 'string' && /^desc/i.test(direction);
  const field = Object.entries(value).find(([name]) => /^(?:field|by|key|property)$/i.test(name))?.[1];
  if (typeof field === 'string') return { field: plain(field), isDown };
  const [first] = Object.entries(value);
  return first === undefined ? undefined : { field: plain(first[0]), isDown: /^desc/i.test(text(first[1])) };
}

/** The things in the order that the arguments ask for. */
export function ordered(things: readonly Thing[], args: JsonObject): readonly Thing[] {
  const wish = Object.entries(args).find(([name]) => ORDERING.test(name))?.[1];
  const order = wish === undefined || wish === null ? undefined : orderOf(wish);
  if (order === undefined) return things;
  const keyed = things.map((thing) => ({
    thing,
    key: Object.entries(thing.row.value).find(([name]) => plain(name) === order.field)?.[1] ?? null,
  }));
  const sorted = keyed.toSorted((a, b) => Number(smaller(b.key, a.key)) - Number(smaller(a.key, b.key)));
  return (order.isDown ? sorted.toReversed() : sorted).map(({ thing }) => thing);
}

/** The plain members of a type that arguments give values for: what a thing that is looked up must have. */
export function keysFrom(type: GraphQLObjectType, args: JsonObject): JsonObject {
  const fields = Object.values(type.getFields()).filter(
    (field) => field.args.length === 0 && isLeafType(getNamedType(field.type)),
  );
  const given = Object.entries(args).flatMap(([name, value]): [string, Json][] => {
    if (isObject(value)) return Object.entries(keysFrom(type, value));
    const field = fields.find((one) => plain(one.name) === plain(name));
    const isPlain = value !== null && value !== undefined && !isArray(value);
    return field !== undefined && isPlain && !PAGING.test(name) ? [[field.name, value]] : [];
  });
  return Object.fromEntries(given);
}
