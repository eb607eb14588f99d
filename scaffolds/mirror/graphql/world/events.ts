import {
  getNamedType,
  isLeafType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql';
import type { JsonObject } from '@counterpart/schemas';
import { wordsOf } from '../../../readers/openapi/text/names.ts';
import type { StateChange } from '../../state/mirror-state.ts';
import { concreteTypes, isEntity, thingsOf, type Thing, type World } from './entities.ts';
import { leafValue } from './leaf.ts';
import { fits } from './match.ts';
import { isListed } from './payload.ts';
import { lookUp } from './resolve.ts';

/** What happened, as a subscription's root value. */
export interface MirrorEvent {
  /** What changed; undefined where the service keeps nothing that could. */
  readonly thing: Thing | undefined;
  /** Counts the events of one subscription. */
  readonly number: number;
}

/** Events that wait for a slow reader; past them the oldest are lost. */
const MOST_WAITING = 1_000;

type Field = GraphQLField<unknown, unknown>;
type Kind = 'created' | 'updated' | 'removed';

const KIND_WORDS: readonly (readonly [RegExp, readonly Kind[]])[] = [
  [/^(?:created?|added|new|inserted|opened|posted|received)$/, ['created']],
  [/^(?:updated?|edited|modified)$/, ['updated']],
  [/^(?:deleted?|removed|destroyed)$/, ['removed']],
  [/^(?:changed?|changes|events?|stream|all)$/, ['created', 'updated', 'removed']],
];

function kindsOf({ name }: Field): readonly Kind[] {
  const kinds = wordsOf(name).flatMap(
    (word) => KIND_WORDS.find(([pattern]) => pattern.test(word))?.[1] ?? [],
  );
  return kinds.length === 0 ? ['created', 'updated'] : kinds;
}

/** Names of the kept types that a subscription tells of; empty: of all. */
function typesOf(field: Field, world: World): ReadonlySet<string> {
  const told = concreteTypes(world, getNamedType(field.type).name);
  const direct = told.filter((type) => isEntity(world, type));
  const inner = told.flatMap((type) =>
    Object.values(type.getFields()).flatMap((member) => concreteTypes(world, getNamedType(member.type).name)),
  );
  const kept = direct.length > 0 ? direct : inner.filter((type) => isEntity(world, type));
  return new Set(kept.map(({ name }) => name));
}

/** A thing that a subscription could tell of now: one that its arguments name, made up where the mirror may. */
function thingFor(world: World, types: ReadonlySet<string>, args: JsonObject): Thing | undefined {
  const named = [...types].map((type) => lookUp(world, type, args)).find((thing) => thing !== undefined);
  if (named !== undefined && fits(world, named, args)) return named;
  return [...types].flatMap((type) => thingsOf(world, type)).find((one) => fits(world, one, args)) ?? named;
}

/** The changes of what is kept that a subscription is for, from now on, until the reader leaves. */
export async function* eventsOf(world: World, field: Field, args: JsonObject): AsyncGenerator<MirrorEvent> {
  const [kinds, types] = [kindsOf(field), typesOf(field, world)];
  const waiting: (Thing | undefined)[] = world.eventful ? [thingFor(world, types, args)] : [];
  let wake: (() => void) | undefined;
  const hear = (change: StateChange): void => {
    if (
      !('row' in change) ||
      (types.size > 0 && (!types.has(change.collection) || !kinds.includes(change.kind)))
    )
      return;
    const thing: Thing = { __typename: change.collection, row: change.row };
    if (types.size > 0 && !fits(world, thing, args)) return;
    waiting.push(thing);
    if (waiting.length > MOST_WAITING) waiting.shift();
    wake?.();
  };
  const leave = world.state.onChange(hear);
  try {
    for (let number = 1; ; number += 1) {
      while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      yield { thing: waiting.shift(), number };
    }
  } finally {
    leave();
  }
}

/** The value of a subscription's field for one event. */
export function eventValue(world: World, field: Field, { thing, number }: MirrorEvent): unknown {
  const named = getNamedType(field.type);
  const salt = `${field.name} ${number}`;
  const value = isLeafType(named)
    ? leafOf(world, field, named, { number, salt })
    : told(world, named.name, { thing, salt });
  return isListed(field) ? [value] : value;
}

function leafOf(
  { seed }: World,
  { name }: Field,
  type: GraphQLNamedType,
  { number, salt }: { readonly number: number; readonly salt: string },
): unknown {
  return type.name === 'Int' ? number : leafValue(type, { name, salt, seed });
}

/** The thing itself where it is of the type, else what holds it: of several types the first that can. */
function told(
  world: World,
  name: string,
  { thing, salt }: { readonly thing: Thing | undefined; readonly salt: string },
): unknown {
  const types = concreteTypes(world, name);
  if (thing !== undefined && types.some((type) => type.name === thing.__typename)) return thing;
  const holders = types.map((type) => ({ type, members: membersOf(world, type, thing) }));
  const holder = holders.find(({ members }) => Object.keys(members).length > 0) ?? holders[0];
  return holder && { __typename: holder.type.name, salt, ...holder.members };
}

function membersOf(world: World, type: GraphQLObjectType, thing: Thing | undefined): object {
  const members = Object.values(type.getFields()).filter((member) =>
    concreteTypes(world, getNamedType(member.type).name).some(({ name }) => name === thing?.__typename),
  );
  return Object.fromEntries(members.map((member) => [member.name, isListed(member) ? [thing] : thing]));
}
