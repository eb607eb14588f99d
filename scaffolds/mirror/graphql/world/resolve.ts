import {
  getNamedType,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
} from 'graphql';
import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../../schema/json-value.ts';
import {
  backField,
  concreteTypes,
  findThing,
  inventThing,
  isEntity,
  isReference,
  isThing,
  rowsOf,
  thingsOf,
  type Thing,
  type World,
} from './entities.ts';
import { leafValue } from './leaf.ts';
import { fits, keysFrom, ordered, searched } from './match.ts';
import { partOf, toPage } from './page.ts';
import { pageTypeOf } from './page-type.ts';

/** A value that is no kept thing; `salt` makes what it holds stay the same. */
interface Bare {
  readonly __typename: string;
  readonly salt?: string;
  readonly [member: string]: unknown;
}

/** A field that is resolved: of what, with which arguments. */
export interface Asked {
  readonly source: unknown;
  readonly args: JsonObject;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

const unwrapped = (type: GraphQLOutputType): GraphQLOutputType => (isNonNullType(type) ? type.ofType : type);

const isListOf = (type: GraphQLOutputType): boolean => isListType(unwrapped(type));

/** The rows behind a list of one type: all of them, or those that belong to the thing it is asked of. */
function related(world: World, { source, field }: Asked, name: string): readonly Thing[] {
  if (!isThing(source)) return thingsOf(world, name);
  const kept = source.row.value[field.name];
  if (isArray(kept)) return kept.flatMap((one) => referred(world, one) ?? []);
  return concreteTypes(world, name).flatMap((type) => {
    if (!isEntity(world, type)) return [];
    const rows = rowsOf(world, type);
    const back = backField(type, source.__typename);
    if (back !== undefined) return rows.filter((row) => oneOf(world, row, back)?.row.id === source.row.id);
    // Nothing says what belongs to it.
    return rows.slice(0, 2);
  });
}

function referred(world: World, value: Json): Thing | undefined {
  if (!isReference(value)) return undefined;
  const type = world.schema.getType(value.$type);
  const row = world.state.get(value.$type, { id: value.$id });
  return isObjectType(type) && row !== undefined ? { __typename: type.name, row } : undefined;
}

/** Position of a seeded row among those of its type: the nth belongs to the nth. */
function positionOf(world: World, { __typename, row }: Thing): number {
  return world.state.list(__typename).findIndex(({ id }) => id === row.id);
}

/** The thing that a thing's field leads to; undefined where there is none. */
function oneOf(world: World, source: Thing, field: GraphQLField<unknown, unknown>): Thing | undefined {
  const kept = source.row.value[field.name];
  if (kept !== undefined) return referred(world, kept);
  const things = thingsOf(world, getNamedType(field.type).name);
  return things[Math.max(0, positionOf(world, source)) % Math.max(1, things.length)];
}

/** A thing that arguments name: by its identifier, else by what it has; made up where the mirror may. */
export function lookUp(world: World, name: string, args: JsonObject): Thing | undefined {
  const types = concreteTypes(world, name).filter((type) => isEntity(world, type));
  const [first] = types;
  if (first === undefined) return undefined;
  const id = identifierIn(args, name);
  if (id !== undefined) return findThing(world, types, id);
  const things = thingsOf(world, name);
  const keys = keysFrom(first, args);
  if (Object.keys(keys).length === 0) return things[0];
  const found = things.find((thing) => fits(world, thing, keys));
  return found ?? (world.unknownIds === 'invent' ? inventThing(world, first, keys) : undefined);
}

/** A value as an identifier is compared. */
export const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The identifier among arguments: `id`, `issueId` of an issue, or the only one that ends so. */
export function identifierIn(args: JsonObject, name: string): string | undefined {
  const flat = Object.entries(args).flatMap(([key, value]): [string, Json | undefined][] =>
    isObject(value) ? Object.entries(value) : [[key, value]],
  );
  const ids = flat.filter(
    ([key, value]) => /^_?id$|Id$|_id$|ID$/.test(key) && value !== null && typeof value !== 'object',
  );
  const own = [/^_?id$/i, new RegExp(`^${name}_?id$`, 'i')];
  const exact = own.flatMap((pattern) => ids.filter(([key]) => pattern.test(key)))[0];
  const [, value] = exact ?? (ids.length === 1 && flat.length === 1 ? (ids[0] ?? []) : []);
  return value === undefined || value === null ? undefined : asText(value);
}

function listValue(world: World, asked: Asked, name: string): readonly Thing[] {
  const things = related(world, asked, name).filter((thing) => fits(world, thing, asked.args));
  return ordered(searched(things, asked.args), asked.args);
}

const saltOf = ({ source, field }: Asked): string => {
  if (isThing(source)) return `${source.__typename} ${source.row.id} ${field.name}`;
  const salt = isBare(source) ? (source.salt ?? '') : '';
  return `${salt} ${field.name}`;
};

const isBare = (value: unknown): value is Bare =>
  typeof value === 'object' && value !== null && '__typename' in value;

/** A value of an object type that is not kept. */
function bareValue(world: World, asked: Asked, name: string): Bare | undefined {
  const [type] = concreteTypes(world, name);
  return type && { __typename: type.name, salt: saltOf(asked) };
}

function composite(world: World, asked: Asked): unknown {
  const { field, args, source } = asked;
  const { name } = getNamedType(field.type);
  const page = pageTypeOf(field.type);
  if (page !== undefined && concreteTypes(world, page.node).some((type) => isEntity(world, type)))
    return toPage(listValue(world, asked, page.node), page, args);
  const isKept = concreteTypes(world, name).some((type) => isEntity(world, type));
  if (isListOf(field.type))
    return isKept ? partOf(listValue(world, asked, name), args) : [bareValue(world, asked, name)];
  if (!isKept) return bareValue(world, asked, name);
  if (isThing(source) && Object.keys(args).length === 0) return oneOf(world, source, field) ?? null;
  const found = lookUp(world, name, args);
  if (found !== undefined || !isNonNullType(field.type)) return found ?? null;
  throw new GraphQLError(`There is no ${name} for these arguments.`, { extensions: { code: 'NOT_FOUND' } });
}

/** What is stored, as the type of its field has it. */
function stored(world: World, value: unknown, { field }: Asked): unknown {
  if (isReference(value)) return referred(world, { ...value }) ?? null;
  if (isArray(value as Json))
    return (value as readonly Json[]).map((one) => (isReference(one) ? referred(world, one) : one)); // rows hold JSON
  const named = getNamedType(field.type);
  const isPlainObject = typeof value === 'object' && value !== null && !('__typename' in value);
  return isPlainObject && !isLeafType(named) && !isAbstractType(named)
    ? { __typename: named.name, ...value }
    : value;
}

/** The value of a field, as the service would have it. */
function resolveField(world: World, asked: Asked): unknown {
  const { source, field } = asked;
  const own = isThing(source) ? source.row.value : isBare(source) ? source : undefined;
  const isComposite = !isLeafType(getNamedType(field.type));
  const value: unknown = own !== undefined && Object.hasOwn(own, field.name) ? own[field.name] : undefined;
  const isPage = isComposite && pageTypeOf(field.type) !== undefined && isArray(value as Json | undefined);
  if (value !== undefined && !isPage && !(isThing(source) && isComposite && isArray(value as Json)))
    return stored(world, value, asked);
  if (isComposite) return composite(world, asked);
  const leaf = leafValue(getNamedType(field.type), {
    name: field.name,
    salt: saltOf(asked),
    seed: world.seed,
  });
  return isListOf(field.type) ? [leaf] : leaf;
}

/** The resolver of every field that is no mutation's or subscription's root. */
export const fieldResolver =
  (world: World) =>
  (
    source: unknown,
    args: JsonObject,
    _context: unknown,
    { parentType, fieldName }: GraphQLResolveInfo,
  ): unknown => {
    const field = parentType.getFields()[fieldName];
    return field && resolveField(world, { source, args, parent: parentType, field });
  };
