import {
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import type { JsonObject } from '@counterpart/schemas';
import { concreteTypes, isEntity, type Thing, type World } from './entities.ts';

/** What a mutation did: to which things, with which input. */
export interface Done {
  readonly things: readonly Thing[];
  readonly given: JsonObject;
}

type Field = GraphQLField<unknown, unknown>;

/** True for a list, required or not. */
export const isListed = ({ type }: Field): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** Nothing, where nothing may stand; undefined leaves the value to be made up. */
const nothing = ({ type }: Field): null | undefined => (isNonNullType(type) ? undefined : null);

export const idOf = ({ row }: Thing): unknown => row.value['id'];

function leafMember(member: Field, { things, given }: Done): unknown {
  if (Object.hasOwn(given, member.name)) return given[member.name];
  const [first] = things;
  const { name } = getNamedType(member.type);
  if (name === 'Boolean') return true;
  if (name === 'Int' && /(?:count|affected|affected_?rows|total)$/i.test(member.name)) return things.length;
  if (member.name === 'clientMutationId') return nothing(member);
  if (/ids$/i.test(member.name) && isListed(member)) return things.map(idOf);
  if (/id$/i.test(member.name)) return first === undefined ? null : idOf(first);
  return isListed(member) ? [] : nothing(member);
}

function objectMember(world: World, member: Field, { things }: Done): unknown {
  const [thing] = things;
  const named = getNamedType(member.type);
  const isProblems = /error|problem|issue|warning/i.test(member.name) && isListed(member);
  if (isProblems && !isEntity(world, named)) return [];
  if (thing === undefined) return isListed(member) ? [] : nothing(member);
  const isOwn = concreteTypes(world, named.name).some(({ name }) => name === thing.__typename);
  if (isOwn) return isListed(member) ? things : thing;
  const hasNode = isObjectType(named) && named.getFields()['node'] !== undefined;
  return hasNode ? { __typename: named.name, node: thing, cursor: thing.row.id } : nothing(member);
}

/** What a payload says of a deed: the thing, its identifier, that it went well, and no problems. */
export function payloadOf(world: World, type: GraphQLObjectType, done: Done): object {
  const members = Object.values(type.getFields()).map((member): [string, unknown] => {
    const isLeaf = isLeafType(getNamedType(member.type));
    return [member.name, isLeaf ? leafMember(member, done) : objectMember(world, member, done)];
  });
  return { __typename: type.name, ...Object.fromEntries(members.filter(([, value]) => value !== undefined)) };
}
