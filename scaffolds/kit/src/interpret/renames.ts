import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../json-value.ts';

export type Renames = { readonly [inputKey: string]: string };

/** The value with input keys turned back into wire names, at any depth. A member named `__proto__` stays an own member. */
export function toWireNames(value: Json, renames: Renames | undefined): Json {
  if (renames === undefined) return value;
  if (isList(value)) return value.map((item) => toWireNames(item, renames));
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [wireName(key, renames), toWireNames(member, renames)]),
  );
}

/** The wire name of one key. */
export function wireName(key: string, ...tables: readonly (Renames | undefined)[]): string {
  const table = tables.find((names) => names !== undefined && Object.hasOwn(names, key));
  return table?.[key] ?? key;
}
