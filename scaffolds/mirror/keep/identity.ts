import type { JsonObject } from '@counterpart/schemas';
import { membersOf } from '../resource/members.ts';
import type { Resource } from '../resource/resource.ts';
import { plain } from '../resource/words.ts';
import { createRandom } from '../sample/random.ts';
import { own, toSchema } from '../schema/json-value.ts';
import type { Scope } from '../state/snapshot.ts';
import { toIdentifier, type Identifier, type Keeper } from './keeper.ts';

const TRIES = 12;
const UUID = { type: 'string', format: 'uuid' } as const;

/** An identifier that no row of the resource has: counted for numbers, made up in the declared form for texts. */
export function newIdentifier(resource: Resource, scope: Scope, keeper: Keeper): Identifier {
  const { state, typing, sampler } = keeper;
  const { idSchema, name } = resource;
  const isFree = (id: Identifier): boolean =>
    !state.get(name, { id: String(id), scope }) && !state.isRemoved(name, { id: String(id), scope });
  const isKnown = idSchema !== true;
  for (let round = 0; round < TRIES; round += 1) {
    const number = state.nextNumber(name);
    if (isKnown && !typing.book.accepts(idSchema, 'a') && typing.book.accepts(idSchema, number)) {
      if (isFree(number)) return number;
      continue;
    }
    const salt = `${name} ${JSON.stringify(scope)} ${number}`;
    const field = resource.idSteps?.at(-1) ?? 'id';
    // The salt ends in a step that is not the first of a list: such places take no example, which would repeat.
    const sampled = sampler.sample(isKnown ? idSchema : UUID, { name: field, salt: `${salt}/${number}` });
    const made = toIdentifier(sampled);
    if (made !== undefined && isFree(made)) return made;
    if (
      typeof made === 'string' &&
      typing.book.accepts(idSchema, `${made}-${number}`) &&
      isFree(`${made}-${number}`)
    )
      return `${made}-${number}`;
  }
  return String(state.nextNumber(name));
}

/** Members that identify a thing beside the one that paths name. */
const FURTHER = new Set(['id', 'uuid', 'guid', 'sid', 'uid', 'number']);
const MAX_NUMBER = 2_000_000_000;

/** A made-up thing with further identifiers of its own: an example's `id` would be that of every other thing too. */
export function withOwnIdentifiers(
  value: JsonObject,
  resource: Resource,
  id: Identifier,
  { typing, sampler }: Keeper,
): JsonObject {
  const members = membersOf(resource.schema ?? true, typing);
  const renewed = Object.keys(value).flatMap((name): [string, Identifier][] => {
    const isFurther = FURTHER.has(plain(name)) && resource.idSteps?.[0] !== name;
    const schema = isFurther ? toSchema(own(members, name)) : true;
    if (schema === true || toIdentifier(own(value, name)) === undefined) return [];
    const salt = `${resource.name} ${String(id)} ${name}`;
    const number = createRandom(salt).int(1, MAX_NUMBER);
    if (typing.book.accepts(schema, number)) return [[name, number]];
    const made = toIdentifier(sampler.sample(schema, { name, salt: `${salt}/${number}` }));
    return made === undefined ? [] : [[name, made]];
  });
  return { ...value, ...Object.fromEntries(renewed) };
}
