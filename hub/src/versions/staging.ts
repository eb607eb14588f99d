import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerId } from '@counterpart/schemas';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { unwritable } from './keep.ts';

/**
 * A build writes into `<servers>/.staging-<id>-<pid>-<random>/next`. Installing moves the installed version to
 * `previous` beside it, then `next` into place. Killed between the two moves, the next sweep moves `previous` back:
 * there is always the old version or the new one, never a part of one.
 */
export interface Staging {
  /** Where the new version is written. */
  readonly next: string;
  /** Puts the new version in the place of the installed one. */
  install(): Promise<void>;
  /** Removes what is left; call it in any case. */
  discard(): Promise<void>;
}

const STAGING_NAME = /^\.staging-(?<id>[a-z0-9-]+)-(?<pid>\d+)-[0-9a-f]{8}$/;

/** Another build of the same server may install between our two moves; then both are tried again. */
const MAX_INSTALL_ATTEMPTS = 5;

/** Folders of this process: after a restart in a container the pid alone does not tell them from stale ones. */
const ours = new Set<string>();

/**
 * Opens a staging folder; unless it is to be `empty`, what the installed version holds beyond `node_modules` is copied into it.
 * Rejects with DATA_UNWRITABLE.
 */
export async function openStaging(
  serversDir: string,
  id: ServerId,
  { empty = false }: { readonly empty?: boolean } = {},
): Promise<Staging> {
  const name = `.staging-${id}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const root = join(serversDir, name);
  const next = join(root, 'next');
  const target = join(serversDir, id);
  const discard = async (): Promise<void> => {
    await restorePrevious(root, target);
    await rm(root, { recursive: true, force: true });
    ours.delete(name);
  };
  ours.add(name);
  try {
    makeFolder(root);
    await (empty ? mkdir(next) : copyServer(target, next));
  } catch (cause) {
    await discard();
    throw unwritable(serversDir, cause);
  }
  return { next, install: () => replaceFolder(next, target, root), discard };
}

/** Removes staging folders whose process is gone, and puts back a version that was being replaced when it died. */
export async function sweepStaging(serversDir: string): Promise<void> {
  const names = await readdir(serversDir).catch(() => []);
  for (const name of names) {
    const groups = STAGING_NAME.exec(name)?.groups;
    if (groups?.['id'] === undefined || isInUse(name, Number(groups['pid']))) continue;
    const root = join(serversDir, name);
    await restorePrevious(root, join(serversDir, groups['id']));
    await rm(root, { recursive: true, force: true });
  }
}

async function copyServer(source: string, destination: string): Promise<void> {
  const skipped = join(source, 'node_modules');
  if (await exists(source)) {
    await cp(source, destination, { recursive: true, filter: (path) => path !== skipped });
  } else {
    await mkdir(destination);
  }
}

async function replaceFolder(next: string, target: string, root: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await rm(join(root, 'previous'), { recursive: true, force: true });
    await rename(target, join(root, 'previous')).catch(ignoreMissing);
    try {
      await rename(next, target);
      return;
    } catch (error) {
      if (attempt >= MAX_INSTALL_ATTEMPTS || !isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
  }
}

async function restorePrevious(root: string, target: string): Promise<void> {
  const previous = join(root, 'previous');
  if ((await exists(previous)) && !(await exists(target))) await rename(previous, target);
}

function isInUse(name: string, pid: number): boolean {
  if (pid === process.pid) return ours.has(name);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const ignoreMissing = (error: unknown): void => {
  if (!isCode(error, 'ENOENT')) throw error;
};

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
