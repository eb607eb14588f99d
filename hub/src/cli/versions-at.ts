import { hubError } from '@counterpart/schemas';
import packageFile from '../../package.json' with { type: 'json' };
import { didYouMean } from '../kernel/nearest.ts';
import { keptVersions } from '../versions/kept.ts';
import type { VersionsAt } from '../versions/places.ts';
import type { Context } from './context.ts';
import { ownTrail } from './running/own-trail.ts';
import { readServersFolder } from './server-folder.ts';

/** In whose name a command approves. */
export const OWNER = 'owner via cli';

/** The versions of this home. */
export const versionsAt = (context: Context): VersionsAt => ({
  dataDir: context.home.dataDir,
  serversDir: context.home.serversDir,
  keep: context.home.keepVersions,
  thirdParty: context.home.thirdParty,
  toolkit: packageFile.version,
  path: context.io.env['PATH'],
  note: (text) => context.note(text),
  audit: ownTrail(context.home.dataDir, OWNER),
});

/** Throws SERVER_UNKNOWN for a name that is neither in the servers folder nor has a version that is kept. */
export function assertVersioned(context: Context, server: string): void {
  const { servers, problems } = readServersFolder(context);
  if (servers.has(server) || problems.has(server) || keptVersions(versionsAt(context), server).length > 0)
    return;
  throw hubError('SERVER_UNKNOWN', { server, suggestion: didYouMean(server, servers.keys()) });
}
