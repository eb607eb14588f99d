import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { realFile, writeWhole } from '../kernel/files/write-whole.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

const SavedPath = z.object({
  /** A link's target, not the link. In the record, what lies in the home is named from there: a home may be moved or copied. */
  path: z.string(),
  /** Name in the backup's folder; absent: there was nothing at `path`. */
  copy: z.string().optional(),
  kind: z.enum(['file', 'folder']),
  /** Where the folder's link leads, word for word, when it is one. */
  link: z.string().optional(),
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
  let saved: readonly z.infer<typeof SavedPath>[] = [];
  try {
    saved = paths.map((path, index) => copyAside(path, directory, index));
    const result = await change();
    const changed = changedOf(saved, directory);
    if (changed.length > 0) {
      record(home, directory, { at, what, paths: changed });
      prune(home);
    } else rmSync(directory, { recursive: true, force: true });
    return result;
  } catch (error) {
    for (const each of changedOf(saved, directory)) putBack(each, directory);
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function freshFolder(parent: string, name: string): string {
  try {
    makeFolder(parent, 0o700);
    accessSync(parent, constants.W_OK);
  } catch (cause) {
    const detail = systemReason(cause);
    throw hubError('DATA_UNWRITABLE', { directory: dirname(parent), detail }, { cause });
  }
  for (let count = 0; ; count += 1) {
    const directory = join(parent, count === 0 ? name : `${name}-${count}`);
    if (existsSync(directory)) continue;
    mkdirSync(directory, { mode: 0o700 });
    return directory;
  }
}

function copyAside(named: string, directory: string, index: number): z.infer<typeof SavedPath> {
  const path = realFile(named);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return { path, kind: 'file' };
  const copy = `${index}-${basename(named)}`;
  if (found.isDirectory()) {
    // Of a linked folder it is the link that is taken out and put back.
    const own = join(realFile(dirname(named)), basename(named));
    if (lstatSync(own).isSymbolicLink()) return { path: own, kind: 'folder', link: readlinkSync(own) };
    copyFolder(own, join(directory, copy));
    return { path: own, copy, kind: 'folder' };
  }
  cpSync(path, join(directory, copy), { preserveTimestamps: true });
  chmodSync(join(directory, copy), 0o600);
  return { path, copy, kind: 'file', mode: found.mode & 0o777 };
}

/** With the links and the modes it has; without a filter Node makes every folder readable for everybody. */
const copyFolder = (from: string, to: string): void =>
  cpSync(from, to, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (path) => basename(path) !== 'node_modules',
  });

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** What is another now than what was saved: of a folder, that it is gone. */
const changedOf = (saved: readonly z.infer<typeof SavedPath>[], directory: string) =>
  saved
    .map((each) => ({ ...each, after: hashOf(each.path) }))
    .filter(({ copy, kind, path, after }) => {
      if (kind === 'folder') return !isThere(path);
      return after !== (copy === undefined ? undefined : hashOf(join(directory, copy)));
    });

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
  const conflict = change.paths.find(({ kind, path, after }) =>
    kind === 'file' ? hashOf(path) !== after : isThere(path),
  );
  if (conflict && !options.force) throw hubError('UNDO_CONFLICT', { file: conflict.path });
  for (const [index, each] of change.paths.entries()) {
    keepPresent(each, join(change.directory, `${index}-undone-${basename(each.path)}`));
    putBack(each, change.directory);
  }
  const { directory, ...rest } = change;
  record(home, directory, { ...rest, undone: new Date().toISOString() });
  return change;
}

/** Of a file that was made a link, what is written over. */
function keepPresent({ path, kind }: z.infer<typeof SavedPath>, copy: string): void {
  if (existsSync(path)) copyFolder(kind === 'file' ? realFile(path) : path, copy);
}

function putBack(saved: z.infer<typeof SavedPath>, directory: string): void {
  if (saved.copy === undefined) {
    rmSync(saved.path, { force: true, recursive: true });
    if (saved.link !== undefined) symlinkSync(saved.link, saved.path);
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
  copyFolder(copy, beside);
  rmSync(saved.path, { force: true, recursive: true });
  renameSync(beside, saved.path);
}
