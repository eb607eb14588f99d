import type { Resource } from '../resource/resource.ts';
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
