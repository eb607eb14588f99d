import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newId } from './ids.ts';

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
  const file = realFile(path);
  const temporary = join(dirname(file), `.${basename(file)}.${newId()}`);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const handle = openSync(temporary, 'wx', modeOf(file) ?? mode);
    try {
      // A disk that fills up takes a part of one write and says so at the next: this goes on until either.
      writeFileSync(handle, bytes);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function modeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && found.mode & 0o777;
}
