import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newId } from '../ids.ts';

/** The file that a path stands for: links are followed, so that a linked configuration stays a link. */
export function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Replaces a file whole or not at all, durably, also where a link stands; its mode stays, a new file is its owner's. */
export function writeWhole(path: string, content: string | Uint8Array, mode = 0o600): void {
  replace(path, content, { mode, settle: fsyncSync });
}

/** The same without waiting for the disk: after a loss of power the file may be empty. For what is written while calls are served. */
export function writeUnsynced(path: string, content: string | Uint8Array): void {
  replace(path, content, { mode: 0o600, settle: () => undefined });
}

interface Replacing {
  /** Of a new file. */
  readonly mode: number;
  readonly settle: (handle: number) => void;
}

function replace(path: string, content: string | Uint8Array, { mode, settle }: Replacing): void {
  const file = realFile(path);
  const temporary = join(dirname(file), `.${basename(file)}.${newId()}`);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const handle = openSync(temporary, 'wx', modeOf(file) ?? mode);
    try {
      // A disk that fills up takes a part of one write and says so at the next: this goes on until either.
      writeFileSync(handle, bytes);
      settle(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    // A write to an open file names none, and nobody knows the temporary one.
    throw error instanceof Error && 'code' in error ? Object.assign(error, { path: file }) : error;
  }
}

/** How long a write may take; what is older was left by a process that was killed in the middle of it. */
const LONGEST_WRITE_MS = 60_000;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes what writes of this file left beside it when they were killed. Never throws: it only saves space. */
export function sweepUnfinished(path: string, now: number): void {
  const file = realFile(path);
  const prefix = `.${basename(file)}.`;
  try {
    for (const name of readdirSync(dirname(file))) {
      if (!name.startsWith(prefix) || !ID.test(name.slice(prefix.length))) continue;
      const left = join(dirname(file), name);
      if (now - statSync(left).mtimeMs > LONGEST_WRITE_MS) rmSync(left, { force: true });
    }
  } catch {
    // Another process sweeps as well, or the folder cannot be read: whoever needs it says so.
  }
}

function modeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && found.mode & 0o777;
}
