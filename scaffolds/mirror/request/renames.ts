import type { Json } from '@counterpart/schemas';
import { isArray, isObject } from '../schema/json-value.ts';

/** From a name on the wire to the key of the input, and back. */
export interface Names {
  readonly toKey: (wire: string) => string;
  readonly toWire: (key: string) => string;
}

type KeyToWire = Readonly<Record<string, string>>;

/** Names turned by one or more maps from input key to wire name. */
export function namesOf(...maps: readonly (KeyToWire | undefined)[]): Names {
  const toWire = new Map(maps.flatMap((map) => Object.entries(map ?? {})));
  const toKey = new Map([...toWire].map(([key, wire]) => [wire, key]));
  return { toKey: (wire) => toKey.get(wire) ?? wire, toWire: (key) => toWire.get(key) ?? key };
}

/** The value with every member renamed, at any depth. */
export function renameMembers(value: Json, rename: (name: string) => string): Json {
  if (isArray(value)) return value.map((item) => renameMembers(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [rename(name), renameMembers(member, rename)]),
  );
}
