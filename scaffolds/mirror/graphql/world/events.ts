import { getNamedType, isLeafType, isObjectType, type GraphQLField, type GraphQLObjectType } from 'graphql';
import type { JsonObject } from '@counterpart/schemas';
import { wordsOf } from '../../../readers/openapi/text/names.ts';
import type { StateChange } from '../../state/mirror-state.ts';
import { concreteTypes, isEntity, type Thing, type World } from './entities.ts';
import { leafValue } from './leaf.ts';
import { fits } from './match.ts';

/** What happened, as a subscription's root value. */
export interface MirrorEvent {
  readonly thing: Thing;
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
  const named = getNamedType(field.type);
  const direct = concreteTypes(world, named.name).filter((type) => isEntity(world, type));
  const inner = isObjectType(named)
    ? Object.values(named.getFields()).flatMap((member) =>
        concreteTypes(world, getNamedType(member.type).name),
      )
    : [];
  const kept = direct.length > 0 ? direct : inner.filter((type) => isEntity(world, type));
  return new Set(kept.map(({ name }) => name));
}

/** The changes of what is kept that a subscription is for, from now on, until the reader leaves. */
export async function* eventsOf(world: World, field: Field, args: JsonObject): AsyncGenerator<MirrorEvent> {
  const [kinds, types] = [kindsOf(field), typesOf(field, world)];
  const waiting: Thing[] = [];
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
      const thing = waiting.shift();
      if (thing !== undefined) yield { thing, number };
    }
  } finally {
    leave();
  }
}

/** The value of a subscription's field for one event. */
export function eventValue(world: World, field: Field, { thing, number }: MirrorEvent): unknown {
  const named = getNamedType(field.type);
  if (isLeafType(named)) {
    if (named.name === 'Int') return number;
    return leafValue(named, { name: field.name, salt: `${field.name} ${number}`, seed: world.seed });
  }
  const isOwn = concreteTypes(world, named.name).some(({ name }) => name === thing.__typename);
  if (isOwn || !isObjectType(named)) return thing;
  return { __typename: named.name, salt: `${field.name} ${number}`, ...membersOf(world, named, thing) };
}

function membersOf(world: World, type: GraphQLObjectType, thing: Thing): object {
  const members = Object.values(type.getFields()).filter((member) =>
    concreteTypes(world, getNamedType(member.type).name).some(({ name }) => name === thing.__typename),
  );
  return Object.fromEntries(members.map(({ name }) => [name, thing]));
}
