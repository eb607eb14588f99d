import { existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { parseJsonc, plainValue } from '../kernel/files/jsonc.ts';
import type { Io } from './io.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

const CONFIG_NAME = 'hub.config.json';

/** Where one hub lives: its configuration, its servers and its data. All paths are absolute. */
export interface Home {
  readonly directory: string;
  /** Why it is this folder. */
  readonly reason: string;
  readonly configFile: string;
  readonly dataDir: string;
  readonly serversDir: string;
  /** Versions kept of each server. */
  readonly keepVersions: number;
  /** Ids of the servers that the configuration names. */
  readonly thirdParty: readonly string[];
}

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** `--home`, then `HUB_HOME`, then the nearest folder upwards with a hub.config.json, then the hub's own repository. Throws HOME_UNUSABLE. */
export function findHome(flag: string | undefined, io: Pick<Io, 'env' | 'cwd'>): Home {
  const { directory, reason } = locate(flag, io);
  const configFile = join(directory, CONFIG_NAME);
  const folders = configuredFolders(configFile);
  return {
    directory,
    reason,
    configFile,
    dataDir: resolve(directory, folders.dataDir ?? '.hub'),
    serversDir: resolve(directory, folders.serversDir ?? 'servers'),
    keepVersions: folders.versions?.keep ?? 10,
    thirdParty: Object.keys(folders.mcpServers ?? {}),
  };
}

function locate(
  flag: string | undefined,
  io: Pick<Io, 'env' | 'cwd'>,
): { directory: string; reason: string } {
  // What a variable of a shell that is not set leaves must not be another hub's home.
  if (flag === '')
    throw hubError('HOME_UNUSABLE', { subject: '--home', directory: '""', detail: 'a folder is needed' });
  if (flag !== undefined) return { directory: folder(io.cwd, flag, '--home'), reason: '--home' };
  const fromEnv = io.env['HUB_HOME'];
  if (fromEnv) return { directory: folder(io.cwd, fromEnv, 'HUB_HOME'), reason: 'HUB_HOME' };
  for (let place = resolve(io.cwd); ; place = dirname(place)) {
    if (existsSync(join(place, CONFIG_NAME)))
      return { directory: place, reason: `${CONFIG_NAME} found there` };
    if (place === dirname(place)) return { directory: resolve(REPOSITORY), reason: 'the hub’s own folder' };
  }
}

/** A mistyped home must not become a new, empty one. */
function folder(cwd: string, path: string, subject: string): string {
  const directory = resolve(cwd, path);
  const refuse = (detail: string, cause?: unknown) =>
    hubError('HOME_UNUSABLE', { subject, directory, detail }, { cause });
  let found: Stats;
  try {
    found = statSync(directory);
  } catch (cause) {
    throw refuse(systemReason(cause), cause);
  }
  if (!found.isDirectory()) throw refuse('it is no folder');
  return directory;
}

const Folders = z.object({
  dataDir: z.string().optional(),
  serversDir: z.string().optional(),
  mcpServers: z.record(z.string(), z.unknown()).optional(),
  versions: z.object({ keep: z.int().min(2).optional() }).optional(),
});

/** A broken configuration must not stop `hub doctor` or `hub stop`, so only what can be read is read. */
function configuredFolders(configFile: string): z.infer<typeof Folders> {
  try {
    const folders = Folders.safeParse(plainValue(parseJsonc(readFileSync(configFile, 'utf8'))));
    return folders.success ? folders.data : {};
  } catch {
    return {};
  }
}
