import { existsSync, statSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { discoverServers, type Discovery } from '../registry/discover.ts';
import type { Context } from './context.ts';
import { didYouMean } from '../kernel/nearest.ts';

/** The servers folder as it stands; empty when there is none. */
export const readServersFolder = (context: Context): Discovery => discoverServers(context.home.serversDir);

/** The folder of a server, given by its name or by a path. Throws SERVER_UNKNOWN. */
export function findServerFolder(context: Context, given: string): string {
  const path = resolve(context.io.cwd, given);
  if (isFolder(path) && (given.includes('/') || existsSync(join(path, 'manifest.json')))) return path;
  const { servers, problems } = readServersFolder(context);
  const found = servers.get(given);
  if (found) return found.directory;
  // A broken package has no id, but it has a folder, and that is what a person wants checked.
  const broken = join(context.home.serversDir, given);
  if (isFolder(broken)) return broken;
  throw hubError('SERVER_UNKNOWN', {
    server: given,
    suggestion: didYouMean(given, [...servers.keys(), ...problems.keys()]),
  });
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
