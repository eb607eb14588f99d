import { isMembers } from '../kernel/protocol/members.ts';

export interface Difference {
  /** Place in the definition, such as `inputSchema.properties.path.type`. */
  readonly where: string;
  /** Undefined: it was not there. */
  readonly before: string | undefined;
  /** Undefined: it is gone. */
  readonly after: string | undefined;
}

/** Where two definitions differ, in the order of the newer one. The order of members is no difference. Pure. */
export function definitionDifferences(before: unknown, after: unknown): Difference[] {
  const old = leavesOf(before);
  const now = leavesOf(after);
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((where) => {
    const difference = { where, before: old.get(where), after: now.get(where) };
    return difference.before === difference.after ? [] : [difference];
  });
}

/** The parts of a definition that have none of their own, as text, by place; a list of plain values is one part. */
function leavesOf(value: unknown, where = '', into = new Map<string, string>()): Map<string, string> {
  const parts = Array.isArray(value)
    ? value.some(isMembers)
      ? value.map((part, at) => [`${where}[${at}]`, part] as const)
      : undefined
    : isMembers(value)
      ? Object.entries(value).map(([key, part]) => [where === '' ? key : `${where}.${key}`, part] as const)
      : undefined;
  if (parts === undefined || (parts.length === 0 && where !== '')) {
    if (value !== undefined) into.set(where, typeof value === 'string' ? value : JSON.stringify(value));
  } else for (const [place, part] of parts) leavesOf(part, place, into);
  return into;
}
