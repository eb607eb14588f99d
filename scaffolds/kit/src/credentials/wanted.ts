import type { Blueprint, Operation } from '@counterpart/schemas';
import { alternativesOf, isAnonymous, sufficientSets } from './choose.ts';

/** What a tool needs to be called: as the compiled tool of its name does; else what the service wants as a rule. */
export function credentialsWanted(blueprint: Blueprint, tool: string): Pick<Operation, 'auth' | 'name'> {
  const twin = blueprint.operations.find(({ name }) => name === tool);
  if (twin !== undefined || blueprint.auth.default.length > 0) return twin ?? { name: tool };
  const auth = blueprint.operations.find((operation) => (operation.auth ?? []).length > 0)?.auth;
  return auth === undefined ? { name: tool } : { name: tool, auth };
}

/** The sets of variables with any of which most of the guarded operations can be called; empty where none is guarded. */
export function credentialsNeeded(blueprint: Blueprint): string[][] {
  const needing = blueprint.operations.filter(
    (operation) => !isAnonymous(alternativesOf(blueprint, operation)),
  );
  const kinds = Map.groupBy(needing, (operation) => JSON.stringify(alternativesOf(blueprint, operation)));
  const [most] = [...kinds.values()].toSorted((a, b) => b.length - a.length);
  const [first] = most ?? [];
  return first === undefined ? [] : sufficientSets(blueprint, first);
}
