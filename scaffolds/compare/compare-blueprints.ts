import type { Blueprint, Operation, ServiceChange } from '@counterpart/schemas';
import { schemaChanges, type SchemaChange } from './schema-changes.ts';

const MAX_DETAILS = 12;
const placeOf = ({ http }: Operation): string => `${http.method} ${http.path}`;

/**
 * What a caller of the tools notices between two versions of a service, breaking changes first. An operation is known again by
 * its name, else by its place. A change breaks when a call that was right can be refused now, or an answer can lack what it had.
 */
export function compareBlueprints(before: Blueprint, after: Blueprint): ServiceChange[] {
  const byName = new Map(before.operations.map((operation) => [operation.name, operation]));
  const byPlace = new Map(before.operations.map((operation) => [placeOf(operation), operation]));
  const kept = new Set<Operation>();
  const changes = after.operations.flatMap((operation): ServiceChange[] => {
    const old = byName.get(operation.name) ?? byPlace.get(placeOf(operation));
    if (old === undefined || kept.has(old))
      return [{ kind: 'added', tool: operation.name, breaking: false, details: [placeOf(operation)] }];
    kept.add(old);
    return changesOf(old, operation, { before: before.types, after: after.types });
  });
  const removed = before.operations
    .filter((operation) => !kept.has(operation))
    .map((operation): ServiceChange => ({
      kind: 'removed',
      tool: operation.name,
      breaking: true,
      details: [placeOf(operation)],
    }));
  return [...removed, ...changes].toSorted((a, b) => Number(b.breaking) - Number(a.breaking));
}

type Types = { readonly before: Blueprint['types']; readonly after: Blueprint['types'] };

function changesOf(before: Operation, after: Operation, types: Types): ServiceChange[] {
  const renamed: ServiceChange[] =
    before.name === after.name
      ? []
      : [{ kind: 'renamed', tool: after.name, breaking: true, details: [`was ${before.name}`] }];
  const inputs = schemaChanges(before.input, after.input, types);
  const outputs =
    before.output === undefined && after.output === undefined
      ? []
      : schemaChanges(before.output ?? {}, after.output ?? {}, types);
  const words = [
    ...inputs.map((change) => `input ${sentence(change)}`),
    ...outputs.map((change) => `answer ${sentence(change)}`),
    ...effectWords(before, after),
  ];
  if (words.length === 0) return renamed;
  const isBreaking =
    inputs.some(({ narrows }) => narrows) || outputs.some(isLost) || before.effect !== after.effect;
  return [...renamed, { kind: 'changed', tool: after.name, breaking: isBreaking, details: shorten(words) }];
}

/** Answers may say more, and leave open what they said before is always there; what is gone or of another type is missed. */
const isLost = ({ what, widens }: SchemaChange): boolean =>
  what === 'is gone' ||
  (widens && /^may be (?:string|number|integer|boolean|array|object|null|anything)/.test(what));

const sentence = ({ at, what }: SchemaChange): string => `${at} ${what}`;

function effectWords(before: Operation, after: Operation): string[] {
  return before.effect === after.effect ? [] : [`effect ${before.effect} is ${after.effect} now`];
}

const shorten = (words: readonly string[]): string[] =>
  words.length <= MAX_DETAILS
    ? [...words]
    : [...words.slice(0, MAX_DETAILS), `and ${words.length - MAX_DETAILS} more`];
