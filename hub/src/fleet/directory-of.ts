import type { Fleet } from './fleet.ts';

/** Folder of a server that was built; undefined for any other. */
export function directoryOf(fleet: Fleet, id: string): string | undefined {
  const origin = fleet.members.get(id)?.desired.origin;
  return origin?.kind === 'built' ? origin.found.directory : undefined;
}
