import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxLimits } from '../../kernel/ports.ts';

/** A control group of one job. */
export interface ControlGroup {
  /** Files into which a process writes its id to be counted. */
  readonly entrances: readonly string[];
  /** Whether the kernel ended something in it for its memory. */
  outOfMemory(): Promise<boolean>;
  /** To be called when no process is left in it. */
  remove(): Promise<void>;
}

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'counterpart-';
const PERIOD_US = 100_000;

/** Settings by controller, of version 1 and of version 2 of the kernel's interface. */
const settingsV1 = (limits: SandboxLimits): Readonly<Record<string, Readonly<Record<string, number>>>> => ({
  memory: { 'memory.limit_in_bytes': limits.memoryBytes },
  pids: { 'pids.max': limits.processes },
  cpu: { 'cpu.cfs_period_us': PERIOD_US, 'cpu.cfs_quota_us': Math.round(limits.cpus * PERIOD_US) },
});
const settingsV2 = (limits: SandboxLimits): Readonly<Record<string, string | number>> => ({
  'memory.max': limits.memoryBytes,
  'memory.swap.max': 0,
  'pids.max': limits.processes,
  'cpu.max': `${Math.round(limits.cpus * PERIOD_US)} ${PERIOD_US}`,
});

/** Makes a group with these limits, or answers undefined where this user may not make one that has all of them. */
export async function openControlGroup(id: string, limits: SandboxLimits): Promise<ControlGroup | undefined> {
  const folders = groupFolders(`${PREFIX}${id}`);
  const made: string[] = [];
  try {
    for (const folder of folders.values()) {
      await mkdir(folder);
      made.push(folder);
    }
    await applyLimits(folders, limits);
  } catch {
    await removeAll(made);
    return undefined;
  }
  const memory = folders.get('memory') ?? folders.get('unified') ?? '';
  return {
    entrances: [...folders.values()].map((folder) => join(folder, 'cgroup.procs')),
    outOfMemory: () => countedOutOfMemory(memory),
    remove: () => removeAll(made),
  };
}

const isUnified = (): boolean => existsSync(join(ROOT, 'cgroup.controllers'));

const groupFolders = (name: string): ReadonlyMap<string, string> =>
  new Map(
    isUnified()
      ? [['unified', join(ROOT, name)]]
      : ['memory', 'pids', 'cpu'].map((controller) => [controller, join(ROOT, controller, name)]),
  );

async function applyLimits(folders: ReadonlyMap<string, string>, limits: SandboxLimits): Promise<void> {
  const set = (folder: string, name: string, value: string | number) =>
    writeFile(join(folder, name), String(value), { flag: 'r+' });
  for (const [controller, folder] of folders) {
    const settings = controller === 'unified' ? settingsV2(limits) : (settingsV1(limits)[controller] ?? {});
    for (const [name, value] of Object.entries(settings)) {
      // A kernel without swap accounting has no such file, and no swap to limit.
      if (name === 'memory.swap.max' && !existsSync(join(folder, name))) continue;
      await set(folder, name, value);
    }
  }
}

async function countedOutOfMemory(folder: string): Promise<boolean> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
  const counts = `${await read('memory.oom_control')}\n${await read('memory.events')}`;
  return /^oom_kill [1-9]/m.test(counts);
}

/** Attempts to remove a group, a pause before each but the first. */
const PAUSES_MS = [0, 5, 20, 50, 100, 200, 400];

/** The kernel lets go of a group a moment after its last process has gone. */
async function removeAll(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (const pause of PAUSES_MS) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        await rmdir(folder);
        break;
      } catch {
        // Still busy, or gone.
      }
    }
  }
}

/** Removes groups whose hub was killed: those without a process. */
export async function sweepControlGroups(): Promise<number> {
  const parents = isUnified()
    ? [ROOT]
    : ['memory', 'pids', 'cpu'].map((controller) => join(ROOT, controller));
  let removed = 0;
  for (const parent of parents) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
      // A group with a process in it refuses: it is another hub's.
      const gone = await rmdir(join(parent, name)).then(
        () => true,
        () => false,
      );
      if (gone) removed += 1;
    }
  }
  return removed;
}
