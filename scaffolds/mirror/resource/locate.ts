import type { Json, JsonSchema, Operation, ResponseContent } from '@counterpart/schemas';
import { isJsonType } from '../request/media-type.ts';
import type { Typing } from '../request/coerce.ts';
import { isArray, isObject, own } from '../schema/json-value.ts';
import { isObjectSchema, itemsOf, membersOf } from './members.ts';
import { plain, singular, wordsOf, type Called } from './words.ts';

/** Names and positions that lead from an answer to something in it. */
export type Steps = readonly (string | number)[];

/** Something in an answer: where it stands and what it is. */
export interface Located {
  readonly steps: Steps;
  readonly schema: JsonSchema;
}

/** Names that wrap one thing, and names that wrap a list, whatever the thing is. */
const ITEM_WRAPPERS = new Set([
  'data',
  'result',
  'item',
  'response',
  'payload',
  'object',
  'resource',
  'attributes',
]);
const LIST_WRAPPERS = new Set(
  (
    'data items results result values value entries records list content rows elements nodes objects hits docs ' +
    'resources members collection matches'
  ).split(' '),
);
const OUTER = ['data', 'result', 'response', 'payload', 'results', 'body'];
/** Members that speak of the page and not of a thing. */
const PAGE_WORDS =
  /^(?:ok|object|url|uri|href|count|total|size|limit|offset|page|pages|perpage|pagesize|start|end|next|prev|previous|first|last|more|cursor|meta|metadata|links?|kind|apiversion|type|success|status|error|errors|message|incompleteresults|resultstype|responsemetadata|pagination|paging|nextcursor|cachets|header|warnings|\w*(?:uri|url|count|total|cursor|token|marker|hasmore|page|offset))$/;

/** The first JSON content among an operation's successes, with its status. */
export function successContent(operation: Operation): ResponseContent | undefined {
  const successes = operation.http.responses
    .filter(({ status }) => status.startsWith('2') || status === 'default')
    .toSorted((a, b) => (a.status < b.status ? -1 : 1));
  return successes.flatMap(({ contents }) => contents).find(({ mediaType }) => isData(mediaType));
}

const isData = (mediaType: string): boolean =>
  isJsonType(mediaType) || /[/+]xml|\*\/\*|form-urlencoded|msgpack|csv/.test(mediaType);

interface ListMember {
  readonly name: string;
  readonly items: JsonSchema;
}

function listMembers(schema: JsonSchema, typing: Typing): readonly ListMember[] {
  return Object.entries(membersOf(schema, typing)).flatMap(([name, member]) => {
    const items = itemsOf(member, typing);
    return items !== undefined && isObjectSchema(items, typing) ? [{ name, items }] : [];
  });
}

/** The list an object wraps: named like what it holds, or the only one beside members about the page. */
function wrappedList(schema: JsonSchema, noun: string, typing: Typing): Located | undefined {
  const lists = listMembers(schema, typing);
  const isNoun = ({ name }: ListMember): boolean => singular(plain(name)) === singular(plain(noun));
  const isWrapper = ({ name }: ListMember): boolean => LIST_WRAPPERS.has(plain(name));
  const [only, ...others] = lists;
  const rest = Object.keys(membersOf(schema, typing)).filter((name) => name !== only?.name);
  const isLonely =
    only !== undefined && others.length === 0 && rest.every((name) => PAGE_WORDS.test(plain(name)));
  const chosen = lists.find(isNoun) ?? lists.find(isWrapper) ?? (isLonely ? only : undefined);
  return chosen && { steps: [chosen.name], schema: chosen.items };
}

/** Where an answer's list of things stands; `noun` is what the things are called. */
export function locateList(schema: JsonSchema, noun: string, typing: Typing): Located | undefined {
  const items = itemsOf(schema, typing);
  if (items !== undefined) return isObjectSchema(items, typing) ? { steps: [], schema: items } : undefined;
  const direct = wrappedList(schema, noun, typing);
  if (direct) return direct;
  const members = membersOf(schema, typing);
  for (const name of OUTER) {
    const outer = own(members, name);
    const inner = outer === undefined ? undefined : wrappedList(toLocatable(outer), noun, typing);
    if (inner) return { steps: [name, ...inner.steps], schema: inner.schema };
  }
  return undefined;
}

const toLocatable = (value: Json): JsonSchema =>
  typeof value === 'boolean' || isObject(value) ? value : true;

const IDENTIFIERS = new Set([
  'id',
  'uuid',
  'guid',
  'sid',
  'gid',
  'key',
  'slug',
  'sha',
  'self',
  'selflink',
  'metadata',
]);

function looksLikeThing(names: readonly string[], { noun, parameter }: Called): boolean {
  const own = plain(singular(noun));
  const asked = parameter === undefined ? [] : [plain(parameter), wordsOf(parameter).at(-1) ?? ''];
  const wanted = new Set([...IDENTIFIERS, `${own}id`, `${own}sid`, ...asked]);
  return names.some((name) => wanted.has(plain(name)));
}

/** Where the one thing an answer speaks of stands: the answer itself, inside an envelope, or alone in a list. */
export function locateItem(schema: JsonSchema, called: Called, typing: Typing): Located | undefined {
  const lone = itemsOf(schema, typing);
  if (lone !== undefined) return isObjectSchema(lone, typing) ? { steps: [0], schema: lone } : undefined;
  if (!isObjectSchema(schema, typing)) return undefined;
  const members = membersOf(schema, typing);
  const names = Object.keys(members);
  if (looksLikeThing(names, called)) return { steps: [], schema };
  const wrapped = wrappedItem(members, called.noun, typing) ?? loneInList(schema, called, typing);
  return wrapped ?? { steps: [], schema };
}

function wrappedItem(
  members: Readonly<Record<string, JsonSchema>>,
  noun: string,
  typing: Typing,
): Located | undefined {
  const wanted = singular(plain(noun));
  const objects = Object.entries(members).filter(([, member]) => isObjectSchema(member, typing));
  const things = objects.filter(([name]) => !PAGE_WORDS.test(plain(name)));
  const named = things.find(([name]) => plain(name) === wanted);
  const wrapper = objects.find(([name]) => ITEM_WRAPPERS.has(plain(name)));
  const others = Object.keys(members).filter((name) => name !== things[0]?.[0]);
  const lonely =
    things.length === 1 && others.every((name) => PAGE_WORDS.test(plain(name))) ? things[0] : undefined;
  const chosen = named ?? wrapper ?? lonely;
  return chosen && { steps: [chosen[0]], schema: chosen[1] };
}

/** Some services answer even one thing as a list of one. */
function loneInList(schema: JsonSchema, called: Called, typing: Typing): Located | undefined {
  const list = wrappedList(schema, called.noun, typing);
  if (!list) return undefined;
  const name = plain(String(list.steps[0]));
  const isNamed = singular(name) === singular(plain(called.noun));
  // A list that stands alone under a general name, with no word of pages beside it, holds what was asked for.
  const isAlone = LIST_WRAPPERS.has(name) && Object.keys(membersOf(schema, typing)).length === 1;
  const holdsThings = isAlone && looksLikeThing(Object.keys(membersOf(list.schema, typing)), called);
  return isNamed || holdsThings ? { steps: [...list.steps, 0], schema: list.schema } : undefined;
}

/** What stands at some steps of a value. */
export function stepInto(value: Json | undefined, steps: Steps): Json | undefined {
  let current = value;
  for (const step of steps) {
    if (typeof step === 'number') current = isArray(current) ? current[step] : undefined;
    else current = isObject(current) ? own(current, step) : undefined;
  }
  return current;
}

/** A copy of a value with something else at some steps; lists on the way keep that one entry. */
export function withAt(value: Json | undefined, steps: Steps, inner: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return inner;
  if (typeof step === 'number') return [withAt(isArray(value) ? value[step] : undefined, rest, inner)];
  const object = isObject(value) ? value : {};
  return { ...object, [step]: withAt(own(object, step), rest, inner) };
}
