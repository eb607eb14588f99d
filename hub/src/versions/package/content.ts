import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hubError } from '@counterpart/schemas';

/** A file of a package. */
export interface PackageFile {
  /** With `/`, relative to the package. */
  readonly path: string;
  readonly executable: boolean;
}

/** What is made from the package, installed beside it, or a history of its own: no part of what it is. */
const LEFT_OUT: ReadonlySet<string> = new Set(['dist', 'node_modules', '.git']);

/**
 * The files that a package consists of, sorted by path. Throws PACKAGE_UNSOUND for a link, a socket and the like: what they
 * lead to is no part of the package.
 */
export async function listPackage(dir: string): Promise<PackageFile[]> {
  const files: PackageFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (folder === '' && LEFT_OUT.has(entry.name)) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) files.push({ path, executable: await isExecutable(join(dir, path)) });
      else throw hubError('PACKAGE_UNSOUND', { directory: dir, file: path });
    }
  };
  await walk('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Only whether it can be run, as in a git repository: the rest of a mode is the user's own setting. */
const isExecutable = async (file: string): Promise<boolean> => ((await stat(file)).mode & 0o100) !== 0;

/** What a package is: a hash of every file, and one over all of them. */
export interface PackageContent {
  /** `sha256-<hex>` over sorted paths, modes and hashes of the bytes. */
  readonly hash: string;
  /** Line of each file, by path: mode and hash. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads and hashes all files of a package. */
export async function readPackage(dir: string): Promise<PackageContent> {
  const lines = await inBatches(await listPackage(dir), async ({ path, executable }) => {
    const line = `${executable ? '100755' : '100644'} ${await hashFile(join(dir, path))}`;
    return [path, line] as const;
  });
  const files = new Map(lines);
  const all = createHash('sha256');
  // No path holds a zero byte, so no two packages give the same lines.
  for (const [path, line] of files) all.update(`${line} ${path}\0`);
  return { hash: `sha256-${all.digest('hex')}`, files };
}

/** Files open at once: a package may have thousands. */
const BATCH = 16;

/** The results of `work` in the order of `items`, so many at once as files may be open. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += BATCH)
    results.push(...(await Promise.all(items.slice(start, start + BATCH).map(work))));
  return results;
}

/** `sha256-<hex>` of a file's bytes, which may be too many to hold. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256-${hash.digest('hex')}`;
}

/** Files that are in one package only, or not the same in both; by path. */
export function changedFiles(before: PackageContent, after: PackageContent): FileChange[] {
  const paths = [...new Set([...before.files.keys(), ...after.files.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [old, now] = [before.files.get(path), after.files.get(path)];
    if (old === now) return [];
    return [{ path, kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed' }];
  });
}

/** A file that two packages do not have in common. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
}
