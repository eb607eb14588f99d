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

/** What a mutation did: to which thing, with which input. */
export interface Done {
  readonly thing: Thing | undefined;
  readonly given: JsonObject;
}

type Field = GraphQLField<unknown, unknown>;

/** True for a list, required or not. */
export const isListed = ({ type }: Field): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** Nothing, where nothing may stand; undefined leaves the value to be made up. */
const nothing = ({ type }: Field): null | undefined => (isNonNullType(type) ? undefined : null);

function leafMember(member: Field, { thing, given }: Done): unknown {
  if (Object.hasOwn(given, member.name)) return given[member.name];
  if (getNamedType(member.type).name === 'Boolean') return true;
  if (member.name === 'clientMutationId') return nothing(member);
  if (/id$/i.test(member.name)) return thing?.row.value['id'] ?? null;
  return isListed(member) ? [] : nothing(member);
}

function objectMember(world: World, member: Field, { thing }: Done): unknown {
  const named = getNamedType(member.type);
  const isProblems = /error|problem|issue|warning/i.test(member.name) && isListed(member);
  if (isProblems && !isEntity(world, named)) return [];
  if (thing === undefined) return nothing(member);
  const isOwn = concreteTypes(world, named.name).some(({ name }) => name === thing.__typename);
  if (isOwn) return isListed(member) ? [thing] : thing;
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
