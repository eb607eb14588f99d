import {
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Json, JsonObject } from '@counterpart/schemas';
import type { MirrorState } from '../../state/mirror-state.ts';
import type { StoredRow } from '../../state/snapshot.ts';
import { leafValue } from './leaf.ts';
import { pageTypeOf } from './page-type.ts';

/** What a mirror of a GraphQL service works with. */
export interface World {
  readonly schema: GraphQLSchema;
  readonly state: MirrorState;
  readonly seed: number;
  /** Things each collection has before anybody made one. */
  readonly seedRows: number;
  readonly unknownIds: 'invent' | 'refuse';
  /** Every subscription begins with an event. */
  readonly eventful: boolean;
}

/** A stored thing, as resolvers hand it on. */
export interface Thing {
  readonly __typename: string;
  readonly row: StoredRow;
}

/** A member of a row that stands for another thing. */
export interface Reference {
  readonly $type: string;
  readonly $id: string;
}

type ObjectField = GraphQLField<unknown, unknown>;

/** True for a value that a resolver made from a row. */
export const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && 'row' in value && '__typename' in value;

/** True for a stored reference. */
export const isReference = (value: unknown): value is Reference =>
  typeof value === 'object' && value !== null && '$type' in value && '$id' in value;

/** The field that identifies things of a type; undefined for a type whose values are nothing by themselves. */
function idFieldOf(type: GraphQLObjectType): ObjectField | undefined {
  const field = type.getFields()['id'];
  if (field === undefined || field.args.length > 0) return undefined;
  const named = isNonNullType(field.type) ? field.type.ofType : field.type;
  return isLeafType(named) ? field : undefined;
}

const isRoot = ({ schema }: World, type: GraphQLObjectType): boolean =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);

/** True for types whose values are kept. */
export const isEntity = (world: World, type: unknown): boolean =>
  isObjectType(type) && !isRoot(world, type) && idFieldOf(type) !== undefined;

/** Object types of which a value of this type can be, entities first. */
export function concreteTypes({ schema }: World, name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  if (isObjectType(type)) return [type];
  if (isInterfaceType(type)) return schema.getPossibleTypes(type);
  return type !== undefined && 'getTypes' in type ? type.getTypes() : [];
}

const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

type Identifier = string | number;

/** The identifier of the nth thing of a type, in the form its field has. */
function identifier(type: GraphQLObjectType, number: number): Identifier {
  const named = getNamedType(idFieldOf(type)?.type ?? type);
  if (named.name === 'Int' || /int|long/i.test(named.name)) return number;
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return /^uuid$|^guid$/i.test(named.name) ? uuid : `${lower(type.name)}-${number}`;
}

/** Everything plain that a thing of a type has, made up; what needs an argument is made up when it is asked for. */
function plainMembers(world: World, type: GraphQLObjectType, salt: string): JsonObject {
  const members = Object.values(type.getFields())
    .filter((field) => field.args.length === 0 && isLeafType(getNamedType(field.type)))
    .map((field): [string, Json] => {
      const value = leafValue(getNamedType(field.type), {
        name: field.name,
        salt: `${salt} ${field.name}`,
        seed: world.seed,
      });
      return [field.name, isListed(field) ? [value] : value];
    });
  return Object.fromEntries(members);
}

function isListed({ type }: ObjectField): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function seedOne(world: World, type: GraphQLObjectType, id: Identifier, known: JsonObject): StoredRow {
  const value = { ...plainMembers(world, type, `${type.name} ${String(id)}`), ...known, id };
  return world.state.create(type.name, { id: String(id), value, origin: 'seed' });
}

function ensureSeeded(world: World, type: GraphQLObjectType): void {
  if (!world.state.claimSeeding(type.name)) return;
  for (let count = 0; count < world.seedRows; count += 1)
    seedOne(world, type, identifier(type, world.state.nextNumber(type.name)), {});
}

/** Everything kept of a type, in the order it was made. */
export function rowsOf(world: World, type: GraphQLObjectType): readonly Thing[] {
  ensureSeeded(world, type);
  return world.state.list(type.name).map((row) => ({ __typename: type.name, row }));
}

/** Everything kept of the object types a type stands for. */
export const thingsOf = (world: World, name: string): readonly Thing[] =>
  concreteTypes(world, name).flatMap((type) => (isEntity(world, type) ? rowsOf(world, type) : []));

/** The thing of an identifier; made up, where the mirror may, when nobody made or removed it. */
export function findThing(world: World, types: readonly GraphQLObjectType[], id: string): Thing | undefined {
  const entities = types.filter((type) => isEntity(world, type));
  for (const type of entities) {
    ensureSeeded(world, type);
    const row = world.state.get(type.name, { id });
    if (row !== undefined) return { __typename: type.name, row };
  }
  if (world.unknownIds === 'refuse' || entities.some((type) => world.state.isRemoved(type.name, { id })))
    return undefined;
  const type = entities.find(({ name }) => id.startsWith(`${lower(name)}-`)) ?? entities[0];
  if (type === undefined) return undefined;
  const isNumber = typeof identifier(type, 1) === 'number';
  if (isNumber && !/^-?\d{1,15}$/.test(id)) return undefined;
  return { __typename: type.name, row: seedOne(world, type, isNumber ? Number(id) : id, {}) };
}

/** A thing with these plain members that the service has always had. */
export function inventThing(world: World, type: GraphQLObjectType, known: JsonObject): Thing {
  const id = identifier(type, world.state.nextNumber(type.name));
  return { __typename: type.name, row: seedOne(world, type, id, known) };
}

/** Keeps a new thing of a type. What every thing must have and nobody gave is made up; what may be missing is. */
export function createThing(world: World, type: GraphQLObjectType, given: JsonObject): Thing {
  ensureSeeded(world, type);
  const { state } = world;
  const id = identifier(type, state.nextNumber(type.name));
  const now = new Date(state.nowMs()).toISOString();
  const made = Object.entries(plainMembers(world, type, `${type.name} ${String(id)}`)).map(
    ([name, value]): [string, Json] => [name, freshValue(type.getFields()[name], value, now)],
  );
  const value = { ...Object.fromEntries(made), ...unrelated(world, type), ...given, id };
  return { __typename: type.name, row: state.create(type.name, { id: String(id), value }) };
}

/** A new thing belongs to nothing that nobody named, and has nothing but what points to it. */
function unrelated(world: World, type: GraphQLObjectType): JsonObject {
  return Object.fromEntries(
    Object.values(type.getFields()).flatMap((field): [string, Json][] => {
      const page = pageTypeOf(field.type);
      const targets = concreteTypes(world, page?.node ?? getNamedType(field.type).name);
      if (!targets.some((one) => isEntity(world, one))) return [];
      const isMany = page !== undefined || isListed(field);
      if (isMany) return targets.some((one) => backField(one, type.name)) ? [] : [[field.name, []]];
      return isNonNullType(field.type) || field.args.length > 0 ? [] : [[field.name, null]];
    }),
  );
}

/** The field by which things of a type say which thing of another they belong to. */
export const backField = (type: GraphQLObjectType, owner: string): ObjectField | undefined =>
  Object.values(type.getFields()).find(
    (field) => getNamedType(field.type).name === owner && !isListed(field) && field.args.length === 0,
  );

/** What a new thing has where nobody said: the time where one is meant, nothing where there may be none. */
function freshValue(field: ObjectField | undefined, madeUp: Json, now: string): Json {
  if (field === undefined) return null;
  if (/(?:created|updated|modified)_?(?:at|on)?$/i.test(field.name) && typeof madeUp === 'string') return now;
  if (!isNonNullType(field.type)) return null;
  if (isListed(field)) return [];
  if (typeof madeUp === 'boolean') return false;
  return /count$/i.test(field.name) && typeof madeUp === 'number' ? 0 : madeUp;
}
