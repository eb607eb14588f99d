import { outputBytesFor } from '@counterpart/kit';
import type { Blueprint, LockedName, NameLock } from '@counterpart/schemas';

/** What a build hands on to the next one: names, and how large an answer's schema each tool that was built lists whole. */
export function lockOfBuilt({ names, operations }: Pick<Blueprint, 'names' | 'operations'>): NameLock {
  const usual = outputBytesFor(operations.length);
  const bytes = new Map(operations.map(({ name, outputBytes }) => [name, outputBytes ?? usual]));
  // A blueprint without a lock of its own still says how its operations are called.
  const known =
    names ??
    Object.fromEntries(
      operations.map(({ name, http, source: { operationId } }): [string, LockedName] => [
        `${http.method} ${http.path}`,
        { name, ...(operationId === undefined ? {} : { operationId }) },
      ]),
    );
  return Object.fromEntries(
    Object.entries(known).map(([place, locked]) => {
      const outputBytes = bytes.get(locked.name);
      return [place, { ...locked, ...(outputBytes === undefined ? {} : { outputBytes }) }];
    }),
  );
}

/** The same operations, each listed as its tool was before, however many there are now; those of the lock's names are known. */
export function keepListed(blueprint: Blueprint, lock: NameLock | undefined): Blueprint {
  if (lock === undefined) return blueprint;
  const usual = outputBytesFor(blueprint.operations.length);
  const before = new Map(Object.values(lock).map(({ name, outputBytes }) => [name, outputBytes]));
  const operations = blueprint.operations.map((operation) => {
    const outputBytes = before.get(operation.name) ?? usual;
    return operation.output === undefined || outputBytes === usual
      ? operation
      : { ...operation, outputBytes };
  });
  return { ...blueprint, operations };
}
