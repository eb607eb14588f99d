import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { makeFolder } from './make-folder.ts';
import { writeWhole } from './write-whole.ts';
import { systemReason } from './system-reason.ts';

/** What a running hub leaves in its data folder for others to find it: `hub.json`. */
export const RunningHub = z.object({
  pid: z.int(),
  /** Start of the process in clock ticks since boot, so that a reused pid is not taken for the hub; absent off Linux. */
  startTicks: z.string().optional(),
  url: z.string(),
  /** Where programs of the same user reach it for less; absent where there can be none. */
  socket: z.string().optional(),
  home: z.string(),
  startedAt: z.string(),
});
export type RunningHub = z.infer<typeof RunningHub>;

/** The hub's data folder: who runs on it, and its token. */
export interface DataFolder {
  readonly directory: string;
  /** Bearer token for everything that changes state; made on first use, readable by the owner only. */
  readonly token: string;
  /** Tells others where the hub answers: its address, and its socket if it has one. */
  announce(url: string, socket?: string): void;
  /** Gives the folder free for another hub. */
  release(): void;
}

/**
 * Takes the data folder for this process. Throws HUB_ALREADY_RUNNING when a living hub has it, DATA_UNWRITABLE when it
 * cannot be written. What a killed hub left behind is taken over.
 */
export function takeDataFolder(directory: string, home: string): DataFolder {
  const record = join(directory, 'hub.json');
  writable(directory, () => {
    makeFolder(directory, 0o700);
    claim(record, home);
  });
  const token = writable(directory, () => readOrMakeToken(join(directory, 'token')));
  return {
    directory,
    token,
    announce: (url, socket) =>
      writable(directory, () => writeWhole(record, JSON.stringify({ ...thisHub(url, home), socket }))),
    release: () => rmSync(record, { force: true }),
  };
}

/** The living hub of a data folder, if there is one. */
export function findRunningHub(directory: string): RunningHub | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, 'hub.json'), 'utf8');
  } catch {
    return undefined;
  }
  const running = RunningHub.safeParse(parseOrNothing(text));
  return running.success && isAlive(running.data) ? running.data : undefined;
}

/** Another process may take the folder between a look and a grab, so the grab itself is the test, a few times over. */
const CLAIM_ATTEMPTS = 5;

function claim(record: string, home: string): void {
  const mine = `${record}.${process.pid}`;
  writeWhole(mine, JSON.stringify(thisHub('', home)));
  try {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
      if (linked(mine, record)) return;
      const running = findRunningHub(dirname(record));
      const url = running?.url || 'an address it has yet to take';
      if (running) throw hubError('HUB_ALREADY_RUNNING', { pid: running.pid, home, url });
      // A dead hub's record: of several who find it, one moves it away and the others try again.
      rmSync(record, { force: true });
    }
    throw hubError('HUB_ALREADY_RUNNING', { pid: 'unknown', home, url: 'an address it has yet to take' });
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A hard link is made whole or not at all, and only where nothing stands. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (cause) {
    if (isCode(cause, 'EEXIST')) return false;
    throw cause;
  }
}

function thisHub(url: string, home: string): RunningHub {
  const startTicks = startTicksOf(process.pid);
  return {
    pid: process.pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    url,
    home,
    startedAt: new Date().toISOString(),
  };
}

function isAlive({ pid, startTicks }: RunningHub): boolean {
  if (!isProcessAlive(pid)) return false;
  return startTicks === undefined || startTicksOf(pid) === startTicks;
}

/** Whether a process runs under this id, as whichever user; one that ended and was not yet reaped does not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return isCode(cause, 'EPERM');
  }
  return statOf(pid)?.[0] !== 'Z';
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)). */
const startTicksOf = (pid: number): string | undefined => statOf(pid)?.[19];

/** Fields of /proc/<pid>/stat from the state on; the command's name before it may hold blanks. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function readOrMakeToken(file: string): string {
  try {
    const known = readFileSync(file, 'utf8').trim();
    if (known.length >= 32) {
      chmodSync(file, 0o600);
      return known;
    }
  } catch (cause) {
    if (!isCode(cause, 'ENOENT')) throw cause;
  }
  const token = randomBytes(32).toString('base64url');
  writeWhole(file, `${token}\n`);
  return token;
}

function writable<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !('syscall' in cause)) throw cause;
    throw hubError('DATA_UNWRITABLE', { directory, detail: systemReason(cause) }, { cause });
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a hub killed between opening and writing the file
  }
}

const isCode = (cause: unknown, code: string): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === code;
