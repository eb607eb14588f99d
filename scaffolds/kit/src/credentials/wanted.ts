import type { Blueprint, Operation } from '@counterpart/schemas';

/** What a tool needs to be called: as the compiled tool of its name does; else what the service wants as a rule. */
export function credentialsWanted(blueprint: Blueprint, tool: string): Pick<Operation, 'auth' | 'name'> {
  const twin = blueprint.operations.find(({ name }) => name === tool);
  if (twin !== undefined || blueprint.auth.default.length > 0) return twin ?? { name: tool };
  const auth = blueprint.operations.find((operation) => (operation.auth ?? []).length > 0)?.auth;
  return auth === undefined ? { name: tool } : { name: tool, auth };
}
