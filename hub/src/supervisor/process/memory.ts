import { readFile } from 'node:fs/promises';
import { listProcesses, type ProcessEntry } from './process-table.ts';

/** Proportional set size of a process and all its descendants, in bytes; undefined when it is gone or not on Linux. */
export async function pssOf(pid: number): Promise<number | undefined> {
  return (await pssOfEach([pid])).get(pid);
}

/** The same of many, by pid; those that are gone are missing. */
export async function pssOfEach(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const uses = await memoryOfEach(pids);
  return new Map([...uses].map(([pid, { pss }]) => [pid, pss]));
}

/** Memory of a process with all its descendants, in bytes: what is shared with others is counted in parts. */
export interface MemoryUse {
  readonly pss: number;
  /** Heaps and stacks: what only goes by itself. */
  readonly anonymous: number;
  /** Files that are mapped, such as programs and weights of models: the system takes it back when it needs to. */
  readonly mapped: number;
  readonly shared: number;
}

/** By pid; those that are gone, or not on Linux, are missing. The process table is read once however many they are. */
export async function memoryOfEach(pids: readonly number[]): Promise<ReadonlyMap<number, MemoryUse>> {
  const uses = new Map<number, MemoryUse>();
  if (pids.length === 0) return uses;
  const all = await listProcesses();
  for (const pid of pids) {
    const own = await ownUse(pid);
    if (own === undefined) continue;
    const others = await Promise.all(descendantsOf(pid, all).map(ownUse));
    uses.set(pid, addUses([own, ...others.flatMap((use) => use ?? [])]));
  }
  return uses;
}

const NO_USE: MemoryUse = { pss: 0, anonymous: 0, mapped: 0, shared: 0 };

/** Of several processes together. */
export const addUses = (uses: readonly MemoryUse[]): MemoryUse =>
  uses.reduce(
    (sum, use) => ({
      pss: sum.pss + use.pss,
      anonymous: sum.anonymous + use.anonymous,
      mapped: sum.mapped + use.mapped,
      shared: sum.shared + use.shared,
    }),
    NO_USE,
  );

function descendantsOf(pid: number, all: readonly ProcessEntry[]): number[] {
  const family = new Set([pid]);
  // A set grows while it is walked: each newcomer's children follow in their turn.
  for (const parent of family) {
    for (const entry of all) if (entry.parent === parent) family.add(entry.pid);
  }
  family.delete(pid);
  return [...family];
}

/** proc(5), `/proc/<pid>/smaps_rollup`. */
async function ownUse(pid: number): Promise<MemoryUse | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '');
  const bytesOf = (name: string): number | undefined => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
  };
  const pss = bytesOf('Pss');
  if (pss === undefined) return undefined;
  return {
    pss,
    anonymous: bytesOf('Pss_Anon') ?? 0,
    mapped: bytesOf('Pss_File') ?? 0,
    shared: bytesOf('Pss_Shmem') ?? 0,
  };
}
