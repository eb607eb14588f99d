import { readFile } from 'node:fs/promises';
import { listProcesses, type ProcessEntry } from './process-table.ts';

/** Proportional set size of a process and all its descendants, in bytes; undefined when it is gone or not on Linux. */
export async function pssOf(pid: number): Promise<number | undefined> {
  return (await pssOfEach([pid])).get(pid);
}

/** The same of many, by pid; those that are gone are missing. The process table is read once however many they are. */
export async function pssOfEach(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const sizes = new Map<number, number>();
  if (pids.length === 0) return sizes;
  const all = await listProcesses();
  for (const pid of pids) {
    const own = await ownPss(pid);
    if (own === undefined) continue;
    const others = await Promise.all(descendantsOf(pid, all).map(ownPss));
    sizes.set(
      pid,
      others.reduce<number>((sum, size) => sum + (size ?? 0), own),
    );
  }
  return sizes;
}

function descendantsOf(pid: number, all: readonly ProcessEntry[]): number[] {
  const family = new Set([pid]);
  // A set grows while it is walked: each newcomer's children follow in their turn.
  for (const parent of family) {
    for (const entry of all) if (entry.parent === parent) family.add(entry.pid);
  }
  family.delete(pid);
  return [...family];
}

async function ownPss(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '');
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(text)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
}
