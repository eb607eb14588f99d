import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { realFile, writeWhole } from '../kernel/files/write-whole.ts';

const SavedPath = z.object({
  /** A link's target, not the link. In the record, what lies in the home is named from there: a home may be moved or copied. */
  path: z.string(),
  /** Name in the backup's folder; absent: there was nothing at `path`. */
  copy: z.string().optional(),
  kind: z.enum(['file', 'folder']),
  mode: z.int().optional(),
  /** SHA-256 of the file after the change; absent: it is gone. */
  after: z.string().optional(),
});

const Change = z.object({
  at: z.string(),
  /** Such as `connect cursor`. */
  what: z.string(),
  paths: z.array(SavedPath),
  undone: z.string().optional(),
});
export type Change = z.infer<typeof Change> & { readonly directory: string };

const RECORD = 'change.json';
/** Older backups are removed; those of the last months are what a person looks for. */
const MAX_BACKUPS = 100;

/** Whose changes are kept. */
interface ChangedHome {
  readonly directory: string;
  readonly dataDir: string;
}

/** Where the backups of a hub lie. */
const backupsDir = ({ dataDir }: ChangedHome): string => join(dataDir, 'backups');

/**
 * Copies `paths` aside, runs `change`, and records what it did; a failed change is put back at once.
 * `change` may be asynchronous. Files of the backup are readable by their owner only.
 */
export async function withBackup<T>(
  home: ChangedHome,
  what: string,
  paths: readonly string[],
  change: () => T | Promise<T>,
): Promise<T> {
  const at = new Date().toISOString();
  const directory = freshFolder(backupsDir(home), at.replaceAll(':', '-').replace('.', '-'));
  const saved = paths.map((path, index) => copyAside(realFile(path), directory, index));
  try {
    const result = await change();
    const after = saved.map((each) => ({ ...each, after: hashOf(each.path) }));
    if (after.some(differs(directory))) {
      record(home, directory, { at, what, paths: after });
      prune(home);
    } else rmSync(directory, { recursive: true, force: true });
    return result;
  } catch (error) {
    for (const each of saved) putBack(each, directory);
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function freshFolder(parent: string, name: string): string {
  try {
    makeFolder(parent, 0o700);
    accessSync(parent, constants.W_OK);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError('DATA_UNWRITABLE', { directory: dirname(parent), detail }, { cause });
  }
  for (let count = 0; ; count += 1) {
    const directory = join(parent, count === 0 ? name : `${name}-${count}`);
    if (existsSync(directory)) continue;
    mkdirSync(directory, { mode: 0o700 });
    return directory;
  }
}

function copyAside(path: string, directory: string, index: number): z.infer<typeof SavedPath> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return { path, kind: 'file' };
  const copy = `${index}-${basename(path)}`;
  cpSync(path, join(directory, copy), {
    recursive: true,
    preserveTimestamps: true,
    filter: (from) => basename(from) !== 'node_modules',
  });
  if (found.isDirectory()) return { path, copy, kind: 'folder' };
  chmodSync(join(directory, copy), 0o600);
  return { path, copy, kind: 'file', mode: found.mode & 0o777 };
}

const differs =
  (directory: string) =>
  ({ copy, kind, path, after }: z.infer<typeof SavedPath>): boolean => {
    if (kind === 'folder') return !existsSync(path);
    return after !== (copy === undefined ? undefined : hashOf(join(directory, copy)));
  };

/** Of a file's bytes; undefined for what is no file. */
function hashOf(path: string): string | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function record(home: ChangedHome, directory: string, change: z.infer<typeof Change>): void {
  const root = realFile(home.directory);
  const paths = change.paths.map((each) => {
    const inside = relative(root, each.path);
    return { ...each, path: inside.startsWith(`..${sep}`) || isAbsolute(inside) ? each.path : inside };
  });
  writeWhole(join(directory, RECORD), `${JSON.stringify({ ...change, paths }, undefined, 2)}\n`, 0o600);
}

function prune(home: ChangedHome): void {
  for (const old of listChanges(home).slice(MAX_BACKUPS))
    rmSync(old.directory, { recursive: true, force: true });
}

/** All recorded changes, newest first, with absolute paths. */
export function listChanges(home: ChangedHome): Change[] {
  const parent = backupsDir(home);
  const root = realFile(home.directory);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .reverse()
    .flatMap((name) => {
      const directory = join(parent, name);
      const change = readRecord(join(directory, RECORD));
      if (!change) return [];
      return [
        {
          ...change,
          directory,
          paths: change.paths.map((each) => ({ ...each, path: resolve(root, each.path) })),
        },
      ];
    });
}

function readRecord(file: string): z.infer<typeof Change> | undefined {
  try {
    return Change.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined; // a folder without a record is a change that was cut short: nothing was promised
  }
}

/** Puts back what the newest change found. Throws UNDO_NOTHING, or UNDO_CONFLICT unless `force`. */
export function undoChange(home: ChangedHome, options: { readonly force: boolean }): Change {
  const change = listChanges(home).find(({ undone }) => undone === undefined);
  if (!change) throw hubError('UNDO_NOTHING', { directory: backupsDir(home), detail: '' });
  const conflict = change.paths.find((each) => each.kind === 'file' && hashOf(each.path) !== each.after);
  if (conflict && !options.force) throw hubError('UNDO_CONFLICT', { file: conflict.path });
  for (const [index, each] of change.paths.entries()) {
    if (each.kind === 'file')
      keepPresent(each.path, join(change.directory, `${index}-undone-${basename(each.path)}`));
    putBack(each, change.directory);
  }
  const { directory, ...rest } = change;
  record(home, directory, { ...rest, undone: new Date().toISOString() });
  return change;
}

function keepPresent(path: string, copy: string): void {
  if (existsSync(path)) cpSync(path, copy);
}

function putBack(saved: z.infer<typeof SavedPath>, directory: string): void {
  if (saved.copy === undefined) {
    rmSync(saved.path, { force: true, recursive: true });
    return;
  }
  const copy = join(directory, saved.copy);
  makeFolder(dirname(saved.path));
  if (saved.kind === 'file') {
    writeWhole(saved.path, readFileSync(copy), saved.mode);
    if (saved.mode !== undefined) chmodSync(saved.path, saved.mode);
    return;
  }
  // Copied beside it first: a folder watched by a hub appears whole or not at all.
  const beside = `${dirname(saved.path)}/.staging-undo-${basename(saved.path)}`;
  rmSync(beside, { recursive: true, force: true });
  cpSync(copy, beside, { recursive: true, preserveTimestamps: true });
  if (existsSync(saved.path)) rmSync(saved.path, { recursive: true });
  renameSync(beside, saved.path);
}
