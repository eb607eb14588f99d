import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openBytes } from '../data/reading/bytes.ts';
import { ToolFailure } from '../failure.ts';
import type { FileFacts, FilePlace } from './files.ts';

/** A folder with more files than this is no folder of exports. */
const MOST_FILES = 10_000;
/** Of a place on a network, for a part of an answer, in milliseconds. */
const WAIT_MS = 30_000;

/** What a setting names on this machine: one file, or the files of one folder. */
export function placeOnDisk(
  location: string,
  { setting, signal }: { readonly setting: string; readonly signal: AbortSignal },
): FilePlace {
  const isRemote = /^https?:\/\//i.test(location);
  let folder = dirname(location);
  const list = async (): Promise<FileFacts[]> => {
    if (isRemote) return [{ name: basename(new URL(location).pathname), bytes: 0, changedAt: 0 }];
    const facts = await stat(location).catch((cause: unknown) => {
      throw unreadable(location, setting, cause);
    });
    if (!facts.isDirectory())
      return [{ name: basename(location), bytes: facts.size, changedAt: facts.mtimeMs }];
    folder = location;
    return await filesIn(folder);
  };
  return {
    list,
    open: (name) =>
      openBytes(isRemote ? location : join(folder, name), { setting, signal, timeoutMs: WAIT_MS }),
  };
}

async function filesIn(folder: string): Promise<FileFacts[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
  if (names.length > MOST_FILES)
    throw new ToolFailure(`${folder} holds ${names.length} files; at most ${MOST_FILES} are read.`);
  const found: FileFacts[] = [];
  for (const name of names) {
    // A file may be gone by now, and a link may lead nowhere: it is as if it were not there.
    const facts = await stat(join(folder, name)).catch(() => undefined);
    if (facts?.isFile() === true) found.push({ name, bytes: facts.size, changedAt: facts.mtimeMs });
  }
  return found;
}

function unreadable(location: string, setting: string, cause: unknown): ToolFailure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new ToolFailure(`Cannot read ${location}: ${code === 'ENOENT' ? 'it is not there' : code}.`, {
    nextStep: `Check that it is there, or set ${setting} to another path.`,
  });
}
