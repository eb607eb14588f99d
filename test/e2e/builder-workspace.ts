import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildServer } from '../../hub/src/builder/build.ts';
import type { BuildOptions } from '../../hub/src/builder/options.ts';

/** Inside the repository (and ignored by git), so that a built package finds the kit as an installed one does. */
const scratchDir = fileURLToPath(new URL('../../scratch', import.meta.url));

export const descriptionsDir = fileURLToPath(new URL('../../../shared/specs/openapi', import.meta.url));
export const hasDescriptions = existsSync(descriptionsDir);

/**
 * Every so many-th of them, from `part` on: suites that each take long with all share them out, and together meet every one.
 * `DESCRIPTIONS=all` gives all to each.
 */
export const shareOf = (files: readonly string[], part: number, parts: number): readonly string[] =>
  process.env['DESCRIPTIONS'] === 'all' ? files : files.filter((_, index) => index % parts === part);
export const description = (file: string): string => join(descriptionsDir, file);

export interface Workspace extends AsyncDisposable {
  readonly dir: string;
  readonly serversDir: string;
  build(options: Omit<BuildOptions, 'serversDir'>): ReturnType<typeof buildServer>;
}

/** A folder of servers for one test in `parent`, removed at its end. */
export async function openWorkspace(parent = scratchDir): Promise<Workspace> {
  await mkdir(parent, { recursive: true });
  const dir = await mkdtemp(join(parent, 'builder-'));
  const serversDir = join(dir, 'servers');
  return {
    dir,
    serversDir,
    build: (options) => buildServer({ ...options, serversDir }),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
