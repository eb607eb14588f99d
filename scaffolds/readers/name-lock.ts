import { createHash } from 'node:crypto';
import { ToolName, type LockedName, type NameLock, type Operation } from '@counterpart/schemas';

/** An operation of a source with the name it would get if nothing had been named before. */
export interface FreshName {
  /** Its place in the source: `METHOD /path`, or what the kind of source has instead; unique. */
  readonly key: string;
  readonly operationId: string | undefined;
  readonly name: string;
}

/** Characters of the longest name, hash included. */
const MAX_NAME = 40;

/**
 * Names in the order of the operations, all different. An operation that the lock knows by its place, or by its operationId
 * when its place is gone, keeps its name; a new one whose name is taken gets a hash of its place.
 */
export function keepNames(operations: readonly FreshName[], lock: NameLock | undefined): string[] {
  const kept = lock === undefined ? new Map<string, string>() : knownNames(operations, lock);
  const taken = new Set(kept.values());
  return operations.map(({ key, name }) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const free = [name, ...[4, 8, 16].map((length) => withHash(name, key, length))].find(
      (one) => !taken.has(one),
    );
    const own = free ?? withHash(name, key, 32);
    taken.add(own);
    return own;
  });
}

/** Operations under the names they keep, with the lock to keep them by; `keyOf` is the place of one in its source. */
export function nameOperations(
  operations: readonly Operation[],
  keyOf: (operation: Operation) => string,
  lock: NameLock | undefined,
): { readonly lock: NameLock; readonly operations: Operation[] } {
  const fresh = operations.map((one) => ({ key: keyOf(one), operationId: undefined, name: one.name }));
  const names = keepNames(fresh, lock);
  return {
    lock: lockOf(fresh, names),
    operations: operations.map((one, index) => ({ ...one, name: ToolName.parse(names[index] ?? one.name) })),
  };
}

/** The lock that a blueprint carries: every operation of the source with its name. */
export function lockOf(operations: readonly FreshName[], names: readonly string[]): NameLock {
  const entries = operations.flatMap(({ key, operationId }, index): [string, LockedName][] => {
    const name = names[index];
    if (name === undefined || key === '__proto__') return [];
    return [[key, { name, ...(operationId === undefined ? {} : { operationId }) }]];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function knownNames(operations: readonly FreshName[], lock: NameLock): Map<string, string> {
  const present = new Set(operations.map(({ key }) => key));
  const moved = new Map(
    Object.entries(lock).flatMap(([key, { operationId, name }]) =>
      operationId === undefined || present.has(key) ? [] : [[operationId, name] as const],
    ),
  );
  const counts = new Map<string, number>();
  for (const { operationId = '' } of operations) counts.set(operationId, (counts.get(operationId) ?? 0) + 1);
  const found = operations.flatMap(({ key, operationId }): [string, string][] => {
    const own = Object.hasOwn(lock, key) ? lock[key]?.name : undefined;
    // An operationId that several operations have says nothing about which of them moved.
    const isOnly = operationId !== undefined && counts.get(operationId) === 1;
    const name = own ?? (isOnly ? moved.get(operationId) : undefined);
    return name === undefined ? [] : [[key, name]];
  });
  return withoutRepeats(found);
}

/** A lock that somebody edited may name two operations alike; the first keeps the name. */
function withoutRepeats(found: readonly (readonly [string, string])[]): Map<string, string> {
  const names = new Set<string>();
  return new Map(found.filter(([, name]) => !names.has(name) && names.add(name)));
}

function withHash(name: string, key: string, length: number): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, length);
  return `${name.slice(0, MAX_NAME - length - 1).replace(/_+$/, '')}_${hash}`;
}
