import type { Json, JsonObject, JsonSchema, Operation, ResponseContent } from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import type { Typing } from '../request/coerce.ts';
import { isJsonType } from '../request/media-type.ts';
import { isArray, isObject } from '../schema/json-value.ts';
import { itemsOf, membersOf } from './members.ts';
import { plain } from './words.ts';

/**
 * How a service writes things where its description says no more than "an object": read off the examples it gives
 * elsewhere.
 */
export interface HouseStyle {
  /** A page of a list, with its list empty; absent where no example shows one. */
  readonly page?: JsonObject;
  /** Name of the list in it. */
  readonly listName?: string;
  /** Members every thing has, such as its identifier, its kind and its times. */
  readonly thing: JsonObject;
  /** Name of the identifier. */
  readonly idName: string;
}

const OPEN: JsonSchema = { type: 'object' };
const MAX_DEPTH = 12;
const SHARED =
  /^(?:id|uuid|object|kind|created\w*|updated\w*|modified\w*|last(?:edited|updated|modified)\w*)$/;

const derived = new WeakMap<ResponseContent, JsonSchema>();

/** What a content says of its value: its schema, else what its first example shows, else that it is an object. */
export function contentSchema(content: ResponseContent, typing: Typing): JsonSchema {
  const { schema } = content;
  if (schema !== undefined && !isOpen(schema, typing)) return schema;
  const known = derived.get(content);
  if (known !== undefined) return known;
  const example = content.examples?.[0];
  const shown = isObject(example) || isArray(example) ? schemaOf(example) : (schema ?? OPEN);
  derived.set(content, shown);
  return shown;
}

/** True for a schema that accepts objects and says nothing about them. */
export function isOpen(schema: JsonSchema, typing: Typing): boolean {
  if (schema === true) return true;
  const shape = typing.shapeOf(schema);
  if (!shape || shape.choices.length > 0 || (shape.types && !shape.types.includes('object'))) return false;
  const says = ['properties', 'items', 'enum', 'const', 'additionalProperties', 'patternProperties'];
  return says.every((keyword) => !(keyword in shape.keywords)) && itemsOf(schema, typing) === undefined;
}

function schemaOf(value: Json, depth = 0): JsonSchema {
  if (value === null || depth > MAX_DEPTH) return true;
  if (isArray(value))
    return { type: 'array', items: value[0] === undefined ? true : schemaOf(value[0], depth + 1) };
  if (!isObject(value)) return { type: isNumber(value) ? 'number' : typeof value, examples: [value] };
  const members = Object.entries(value).map(([name, member]): [string, Json] => [
    name,
    schemaOf(member, depth + 1),
  ]);
  return { type: 'object', properties: Object.fromEntries(members) };
}

/** A list of objects in an example, and the example with that list empty. */
function pageIn(
  example: Json,
): { readonly name: string; readonly page: JsonObject; readonly items: readonly Json[] } | undefined {
  if (!isObject(example)) return undefined;
  const lists = Object.entries(example).filter(([, member]) => isArray(member));
  const [only, ...others] = lists;
  if (!only || others.length > 0 || !isArray(only[1]) || Object.keys(example).length < 2) return undefined;
  // What a page says of the kind of its things holds for those things alone.
  const told = Object.entries(example).filter(
    ([name, member]) => name !== 'type' && !isObject(member) && !isArray(member),
  );
  return { name: only[0], items: only[1], page: { ...Object.fromEntries(told), [only[0]]: [] } };
}

function examplesOf(operations: readonly Operation[]): readonly Json[] {
  return operations
    .flatMap(({ http }) => http.responses.filter(({ status }) => status.startsWith('2')))
    .flatMap(({ contents }) => contents)
    .flatMap(({ mediaType, examples }) => (isJsonType(mediaType) ? (examples ?? []).slice(0, 1) : []));
}

/** Reads the style of a service off its examples. */
export function houseStyle(operations: readonly Operation[]): HouseStyle {
  const examples = examplesOf(operations);
  const pages = examples.flatMap((example) => pageIn(example) ?? []);
  const things = [...examples, ...pages.flatMap(({ items }) => items)].filter(isObject);
  const shared = things.flatMap((thing) =>
    Object.entries(thing).filter(([name, value]) => SHARED.test(plain(name)) && typeof value === 'string'),
  );
  const identifier = shared.find(([name]) => /^(?:id|uuid)$/.test(plain(name)));
  const thing: JsonObject = identifier ? Object.fromEntries(shared.toReversed()) : {};
  const [page] = pages;
  const style = { thing, idName: identifier?.[0] ?? 'id' };
  return page ? { ...style, page: page.page, listName: page.name } : style;
}

/** Members an open thing is known to have: those of the house, its kind named. */
export function houseThing(style: HouseStyle, noun: string): JsonObject {
  const members = Object.entries(style.thing).map(([name, value]): [string, Json] =>
    /^(?:object|kind)$/.test(plain(name)) ? [name, noun] : [name, value],
  );
  return Object.fromEntries(members);
}

/** True when a schema declares no members, so that the style of the house decides. */
export const saysNothing = (schema: JsonSchema | undefined, typing: Typing): boolean =>
  schema !== undefined && isOpen(schema, typing) && Object.keys(membersOf(schema, typing)).length === 0;

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** What identifiers of the house look like, as far as its examples tell. */
export function houseIdentifier({ thing, idName }: HouseStyle): JsonSchema {
  const example = thing[idName];
  return typeof example === 'string' && UUID.test(example) ? { type: 'string', format: 'uuid' } : true;
}
