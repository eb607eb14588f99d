import type { Blueprint, Operation } from '@counterpart/schemas';
import { alternativesOf, isAnonymous, wantedVariables } from './choose.ts';

/** What a tool needs to be called: as the compiled tool of its name does; else what the service wants as a rule. */
export function credentialsWanted(blueprint: Blueprint, tool: string): Pick<Operation, 'auth' | 'name'> {
  const twin = blueprint.operations.find(({ name }) => name === tool);
  if (twin !== undefined || blueprint.auth.default.length > 0) return twin ?? { name: tool };
  const auth = blueprint.operations.find((operation) => (operation.auth ?? []).length > 0)?.auth;
  return auth === undefined ? { name: tool } : { name: tool, auth };
}

/** The variables that most operations can be called with, in words: `A, or B and C`; undefined where none needs any. */
export function credentialsNeeded(blueprint: Blueprint): string | undefined {
  const needing = blueprint.operations.filter(
    (operation) => !isAnonymous(alternativesOf(blueprint, operation)),
  );
  const kinds = Map.groupBy(needing, (operation) => JSON.stringify(alternativesOf(blueprint, operation)));
  const [most] = [...kinds.values()].toSorted((a, b) => b.length - a.length);
  const [first] = most ?? [];
  return first === undefined ? undefined : wantedVariables(blueprint, first, () => undefined);
}
