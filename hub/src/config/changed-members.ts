import { isSameJson } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** JSON Pointers (RFC 6901) of the members that differ, the innermost ones; lists count as one value. Their values stay untold: some are secrets. */
export function changedMembers(before: unknown, after: unknown, at = ''): string[] {
  if (before === undefined || after === undefined) return before === after ? [] : [at];
  if (!isMembers(before) || !isMembers(after)) return isSameJson(before, after) ? [] : [at];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return keys.flatMap((key) => changedMembers(before[key], after[key], `${at}/${escaped(key)}`));
}
