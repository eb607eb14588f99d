import type { Blueprint, JsonSchema, Operation } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { combine } from '../sample/keyword-merge.ts';
import { isObject, own, toSchema } from '../schema/json-value.ts';
import { findIdentifier } from './id-field.ts';
import { houseIdentifier, houseStyle, saysNothing } from './house-style.ts';
import { groupOperations, type Group, type Grouping, type Member } from './group.ts';
import { membersOf } from './members.ts';
import { placesOf, type Piece } from './path-shape.ts';
import { bodyShape, namesInBody } from './request-body.ts';
import type { Binding, RequestValue, Resource, ResourceMap, ScopeValue } from './resource.ts';
import { requestIdentifier } from './request-id.ts';

/** Roles whose answers show the thing best, the best first. */
const TELLING = ['read', 'create', 'replace', 'update', 'list'] as const;

function canonicalSchema(group: Group): JsonSchema | undefined {
  for (const role of TELLING) {
    const member = group.members.find((one) => one.role === role && (role === 'list' ? one.list : one.item));
    const located = role === 'list' ? member?.list : member?.item;
    if (located) return located.schema;
  }
  return undefined;
}

function settableMembers(group: Group, typing: Typing): ReadonlyMap<string, JsonSchema> {
  const members = group.members
    .filter(({ role }) => role === 'create' || role === 'update' || role === 'replace')
    .flatMap(({ operation, item }) => {
      const wanted = { noun: group.noun, shown: item?.schema };
      const schema = bodyShape(operation, typing, wanted)?.schema ?? true;
      return Object.entries(membersOf(schema, typing));
    });
  // The first operation that knows a member decides: making stands before changing.
  return new Map(members.toReversed());
}

function toResource(group: Group, { typing, style }: Grouping): Resource {
  const schema = canonicalSchema(group);
  const named = group.members.find(({ shape }) => shape.item !== undefined);
  const parameter = named?.shape.item;
  const inPath = named && parameterSchema(named.operation, parameter ?? '');
  const { noun, name, isSingleton } = group;
  const isKnown = schema !== undefined && !isSingleton;
  const house = saysNothing(schema, typing) ? [style.idName] : undefined;
  const idSteps = !isKnown
    ? undefined
    : (house ?? findIdentifier(schema, { parameter, schema: inPath, noun }, typing));
  const told = identifierSchema(group, schema, idSteps, typing);
  const idSchema = house ? combine(told, houseIdentifier(style)) : told;
  const settable = settableMembers(group, typing);
  const called = parameter === undefined ? {} : { parameter };
  return { name, noun, ...called, schema, idSteps, idSchema, isSingleton, settable };
}

/** What an identifier must be to stand in the thing and in a path. */
function identifierSchema(
  group: Group,
  schema: JsonSchema | undefined,
  steps: readonly string[] | undefined,
  typing: Typing,
): JsonSchema {
  const inThing = (steps ?? []).reduce<JsonSchema>(
    (outer, step) => toSchema(own(membersOf(outer, typing), step)),
    schema ?? true,
  );
  // What is made has to be accepted by every path that will name it.
  const inPaths = group.members
    .filter(({ shape, role }) => shape.item !== undefined && role !== undefined && role !== 'act')
    .map(({ operation, shape }) => parameterSchema(operation, shape.item ?? ''))
    .reduce<JsonSchema>(combine, true);
  const both = combine(steps ? inThing : true, inPaths);
  if (typing.shapeOf(both)) return both;
  const isCounted = typing.book.accepts(inThing, '1') && typing.book.accepts(inPaths, 1);
  return isCounted ? combine(inThing, NUMBER_AS_TEXT) : inThing;
}

/** Some services count their things and write the number as text. */
const NUMBER_AS_TEXT: JsonSchema = { type: 'string', pattern: '^[1-9][0-9]{5,8}$' };

function parameterSchema(operation: Operation, name: string): JsonSchema {
  const binding = operation.http.parameters.find((one) => one.in === 'path' && one.name === name);
  const properties = isObject(operation.input) ? operation.input['properties'] : undefined;
  return binding && isObject(properties) ? toSchema(own(properties, binding.key)) : true;
}

function scopeOf(pieces: readonly Piece[], parents: ReadonlyMap<string, string>): readonly ScopeValue[] {
  const places = placesOf(pieces);
  return pieces.flatMap((piece, index): readonly ScopeValue[] => {
    if ('text' in piece) return [];
    const parent = parents.get(parentKey(pieces.slice(0, index + 1)));
    const place = places.get(piece.parameter) ?? piece.parameter;
    return [{ place, parameter: piece.parameter, ...(parent === undefined ? {} : { parent }) }];
  });
}

const parentKey = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => ('text' in piece ? piece.text.toLowerCase() : '{}')).join('/');

/** Item paths, as far as a scope can tell, and the resources they lead to. */
function parentsOf(groups: readonly Group[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  for (const { members, name } of groups) {
    for (const { shape, role } of members) {
      if (shape.item === undefined || role === 'act') continue;
      parents.set(parentKey([...shape.collection, { parameter: shape.item }]), name);
    }
  }
  return parents;
}

function identifierOf(
  member: Member,
  group: Group,
  { resource, typing }: { readonly resource: Resource; readonly typing: Typing },
): RequestValue | undefined {
  if (resource.isSingleton || member.role === 'list' || member.role === 'clear') return undefined;
  if (member.role === 'gather' && member.shape.item === undefined) return undefined;
  if (member.shape.item !== undefined) return { in: 'path', name: member.shape.item };
  return requestIdentifier(member, group, { resource, typing });
}

interface Inferring {
  readonly parents: ReadonlyMap<string, string>;
  readonly typing: Typing;
}

function toBinding(
  member: Member,
  group: Group,
  resource: Resource,
  { parents, typing }: Inferring,
): Binding | undefined {
  const { operation, role, shape, list, item, verb, bodySteps } = member;
  if (role === undefined) return undefined;
  const id = identifierOf(member, group, { resource, typing });
  const needsId = ['read', 'update', 'remove', 'act'].includes(role) && !resource.isSingleton;
  if (needsId && !id) return undefined;
  const takesNames = role === 'create' && resource.idSteps !== undefined;
  const bodyNames = takesNames ? namesInBody(operation, resource, typing) : undefined;
  return {
    operation,
    resource,
    role,
    ...(id ? { id } : {}),
    scope: scopeOf(shape.collection, parents),
    ...(list ? { list } : {}),
    ...(item ? { item } : {}),
    bodySteps,
    ...(bodyNames === undefined ? {} : { bodyNames }),
    ...(verb === undefined ? {} : { verb }),
  };
}

/** True when keeping something changes an answer: a group that only ever lists, or only ever takes, keeps nothing. */
function isWorthKeeping({ members, isSingleton }: Group): boolean {
  const has = (...roles: readonly Member['role'][]): boolean =>
    members.some(({ role }) => roles.includes(role));
  const isShown = has('read', 'list');
  if (has('gather')) return true;
  if (isSingleton) return isShown && has('update', 'replace', 'create', 'remove');
  return isShown && (has('create', 'update', 'replace', 'remove', 'act') || (has('read') && has('list')));
}

/** Reads off a blueprint what its service keeps and which operation makes, shows, lists, changes and removes it. */
export function inferResources(blueprint: Pick<Blueprint, 'operations'>, typing: Typing): ResourceMap {
  const style = houseStyle(blueprint.operations);
  const groups = groupOperations(blueprint.operations, { typing, style }).filter(isWorthKeeping);
  const parents = parentsOf(groups);
  const bindings = new Map<string, Binding>();
  const resources = groups.map((group) => {
    const resource = toResource(group, { typing, style });
    for (const member of group.members) {
      const binding = toBinding(member, group, resource, { parents, typing });
      if (binding) bindings.set(member.operation.name, binding);
    }
    return resource;
  });
  return { resources, bindings, style };
}
