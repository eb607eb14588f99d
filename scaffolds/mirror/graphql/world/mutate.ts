import {
  getNamedType,
  GraphQLError,
  isLeafType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import type { Json, JsonObject } from '@counterpart/schemas';
import { wordsOf } from '../../../readers/openapi/text/names.ts';
import { isArray, isObject } from '../../schema/json-value.ts';
import { concreteTypes, createThing, findThing, isEntity, type Thing, type World } from './entities.ts';
import { pageTypeOf } from './page-type.ts';
import { traces } from './traces.ts';
import { idOf, isListed, payloadOf, type Done } from './payload.ts';
import { asText, identifierIn, type Asked } from './resolve.ts';

const CREATING = new Set(
  'create add new insert register open submit post make import upload invite start send publish'.split(' '),
);
const REMOVING = new Set('delete remove destroy erase purge revoke'.split(' '));

type Field = GraphQLField<unknown, unknown>;

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** Everything given, with the members of input objects as if they stood beside the arguments. */
function flat(args: JsonObject): JsonObject {
  const members = Object.entries(args).flatMap(([name, value]): [string, Json | undefined][] =>
    isObject(value) &&
    /^_?(?:input|data|set|patch|values?|attributes|object|payload|where|params|fields)$/i.test(name)
      ? Object.entries(flat(value))
      : [[name, value]],
  );
  return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
}

/** An input object that is called as the thing it makes: `createPet(pet: { … })`. */
function opened(given: JsonObject, type: GraphQLObjectType): JsonObject {
  const own = Object.entries(given).find(
    ([name, value]) => plain(name) === plain(type.name) && isObject(value),
  );
  return own !== undefined && isObject(own[1]) ? { ...given, ...own[1] } : given;
}

function payloadTypes(
  field: Field,
  world: World,
): { readonly name: string; readonly type: GraphQLObjectType }[] {
  const named = getNamedType(field.type);
  if (!isObjectType(named)) return [];
  if (isEntity(world, named)) return [{ name: '', type: named }];
  return Object.values(named.getFields()).flatMap((member) => {
    const inner = getNamedType(member.type);
    const edge = isObjectType(inner) && !isEntity(world, inner) ? inner.getFields()['node'] : undefined;
    const target = edge === undefined ? inner : getNamedType(edge.type);
    const [type] = concreteTypes(world, target.name).filter((one) => isEntity(world, one));
    return type === undefined || pageTypeOf(member.type) !== undefined ? [] : [{ name: member.name, type }];
  });
}

/** The type a mutation is about: of what it answers with, or else named by it. */
function targetOf(world: World, field: Field): GraphQLObjectType | undefined {
  const words = wordsOf(field.name).join('');
  const answered = payloadTypes(field, world);
  const byWord = answered.find(({ type }) => words.includes(wordsOf(type.name).join('')));
  if (byWord !== undefined || answered.length > 0) return (byWord ?? answered[0])?.type;
  const named = Object.values(world.schema.getTypeMap())
    .filter((type) => isEntity(world, type) && words.includes(wordsOf(type.name).join('')))
    .toSorted((a, b) => b.name.length - a.name.length);
  const [type] = named;
  return isObjectType(type) ? type : undefined;
}

/** What the input says about members of a type: plain values by name, other things by `authorId`. */
function membersFrom(world: World, type: GraphQLObjectType, given: JsonObject): JsonObject {
  const fields = Object.values(type.getFields());
  const found = Object.entries(given).flatMap(([name, value]): [string, Json][] => {
    const field = fields.find((one) => plain(one.name) === plain(name));
    if (field !== undefined && field.name !== 'id' && isLeafType(getNamedType(field.type)))
      return [[field.name, value]];
    if (
      field !== undefined &&
      !isEntity(world, getNamedType(field.type)) &&
      isObject(value) &&
      !isListed(field)
    )
      return [[field.name, value]];
    return referenceFrom(world, fields, name, value);
  });
  return Object.fromEntries(found);
}

function referenceFrom(world: World, fields: readonly Field[], name: string, value: Json): [string, Json][] {
  const stem = plain(name).replace(/ids?$/, '');
  if (stem === plain(name)) return [];
  const field = fields.find((one) => plain(one.name) === stem || plain(one.name) === `${stem}s`);
  if (field === undefined) return [];
  const target = pageTypeOf(field.type)?.node ?? getNamedType(field.type).name;
  const types = concreteTypes(world, target);
  const refer = (id: Json): Json[] => {
    const thing = typeof id === 'object' ? undefined : findThing(world, types, String(id));
    return thing === undefined ? [] : [{ $type: thing.__typename, $id: thing.row.id }];
  };
  if (isArray(value)) return [[field.name, value.flatMap(refer)]];
  const [reference] = refer(value);
  return reference === undefined ? [] : [[field.name, reference]];
}

const notFound = (type: GraphQLObjectType, id: string): GraphQLError =>
  new GraphQLError(`There is no ${type.name} with the id ${JSON.stringify(id)}.`, {
    extensions: { code: 'NOT_FOUND' },
  });

/** The verb that says what to do: a known one at either end of the name, else the first word. */
function verbOf(words: readonly string[]): string {
  const ends = [words[0] ?? '', words.at(-1) ?? ''];
  return ends.find((word) => CREATING.has(word) || REMOVING.has(word)) ?? ends[0] ?? '';
}

/** A thing with what was sent in it and what the deed leaves behind. */
function change(
  world: World,
  { __typename, row }: Thing,
  words: readonly string[],
  given: JsonObject,
): Thing {
  const type = world.schema.getType(__typename);
  if (!isObjectType(type)) return { __typename, row };
  const now = new Date(world.state.nowMs()).toISOString();
  const touched = Object.keys(row.value).filter((name) => /^(?:updated|modified)_?(?:at|on)?$/i.test(name));
  const value = {
    ...row.value,
    ...Object.fromEntries(touched.map((name) => [name, now])),
    ...traces(world, type, words[0] ?? ''),
    ...membersFrom(world, type, given),
  };
  return { __typename, row: world.state.update(__typename, { id: row.id }, value) ?? row };
}

/** Does what a mutation says; throws GraphQLError for a thing that is not there. */
function perform(world: World, { field, args }: Asked): Done {
  const type = targetOf(world, field);
  if (type === undefined) return { things: [], given: flat(args) };
  const given = opened(flat(args), type);
  const words = wordsOf(field.name);
  const verb = verbOf(words);
  const ids = idsIn(given, type, CREATING.has(verb));
  if (ids === undefined && !REMOVING.has(verb))
    return { things: [createThing(world, type, membersFrom(world, type, given))], given };
  // All are found before anything is done to one of them.
  const found = (ids ?? ['']).map((id) => {
    const thing = findThing(world, [type, ...siblings(world, type)], id);
    if (thing === undefined) throw notFound(type, id);
    return thing;
  });
  const things = found.map((thing) => {
    if (!REMOVING.has(verb) || !isAbout(words, thing.__typename)) return change(world, thing, words, given);
    world.state.remove(thing.__typename, { id: thing.row.id });
    return thing;
  });
  return { things, given };
}

/** Of the things that are meant; undefined where none is: something new is made. */
function idsIn(given: JsonObject, type: GraphQLObjectType, isNew: boolean): readonly string[] | undefined {
  const id = identifierIn(given, type.name);
  if (id !== undefined) return [id];
  if (isNew) return undefined;
  const several = new RegExp(`^(?:${type.name})?_?ids$`, 'i');
  const list = Object.entries(given).find(([name, value]) => several.test(name) && isArray(value))?.[1];
  if (isArray(list)) return list.map(asText);
  const first = firstId(given);
  return first === undefined ? undefined : [first];
}

/** `deleteIssue` removes the issue; `removeLabelsFromIssue` changes it. */
function isAbout(words: readonly string[], type: string): boolean {
  const nouns = words.slice(1).join('');
  return nouns === '' || nouns.startsWith(wordsOf(type).join('')) || !/(?:from|by|in)/.test(nouns);
}

/** Types that may stand in the place of one: those that share an interface or a union with it. */
const siblings = (world: World, type: GraphQLObjectType): GraphQLObjectType[] =>
  type
    .getInterfaces()
    .flatMap((one) => [...world.schema.getPossibleTypes(one)])
    .filter((one) => isEntity(world, one));

function firstId(given: JsonObject): string | undefined {
  const found = Object.entries(given).find(
    ([name, value]) =>
      /(?:^_?i|I|_i)[dD]$/.test(name) && (typeof value === 'string' || typeof value === 'number'),
  );
  return found === undefined ? undefined : asText(found[1]);
}

/** The value of a mutation's field, after what it says was done. */
export function resolveMutation(world: World, asked: Asked): unknown {
  const done = perform(world, asked);
  const { things } = done;
  const named = getNamedType(asked.field.type);
  if (isLeafType(named)) {
    if (named.name === 'Boolean') return true;
    if (named.name === 'Int') return targetOf(world, asked.field) === undefined ? 1 : things.length;
    return isListed(asked.field) ? things.map(idOf) : (things.map(idOf)[0] ?? null);
  }
  if (isEntity(world, named) || !isObjectType(named))
    return isListed(asked.field) ? things : (things[0] ?? null);
  return payloadOf(world, named, done);
}
