import { readdir, readFile } from 'node:fs/promises';

/** Variable in the environment of every process a supervisor makes; its descendants inherit it, even in another session. */
export const MARKER_VARIABLE = 'COUNTERPART_SPAWN';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Ended, and only waiting for its parent to notice. */
  readonly defunct: boolean;
  /** Clock ticks from the machine's start to the process's: with the pid it names one process for good. */
  readonly startTicks: string;
}

/** The process, or undefined: it is gone, or this system has no /proc. */
export async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name stands in parentheses and may hold both blanks and parentheses.
  const [state, parent, group, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    defunct: state === 'Z' || state === 'X',
    startTicks: rest[16] ?? '',
  };
}

/** Every process there is; none where there is no /proc. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const entries = await Promise.all((await processIds()).map(readProcess));
  return entries.filter((entry) => entry !== undefined);
}

/** Processes that carry this marker, or one that begins with it when it ends in a dot. */
export async function markedProcesses(marker: string): Promise<number[]> {
  const wanted = Buffer.from(`\0${MARKER_VARIABLE}=${marker}${marker.endsWith('.') ? '' : '\0'}`);
  const carries = async (pid: number) => {
    const environment = await readFile(`/proc/${pid}/environ`).catch(() => undefined);
    return environment !== undefined && Buffer.concat([NUL, environment, NUL]).includes(wanted);
  };
  const pids = await processIds();
  const carried = await Promise.all(pids.map(carries));
  return pids.filter((_, index) => carried[index]);
}

const NUL = Buffer.from([0]);

async function processIds(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Sends a signal to a process, or to a group given as a negative number; false when there is none to receive it. */
export function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    // EPERM: it exists, and runs as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether any process of the group still runs. */
export async function groupRuns(group: number): Promise<boolean> {
  if (!send(-group, 0)) return false;
  const all = await listProcesses();
  // Without /proc the signal is all there is to go by; with it, members that are merely not yet reaped do not count.
  return all.length === 0 || all.some((entry) => entry.group === group && !entry.defunct);
}
