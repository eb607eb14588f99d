import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { VersionList } from '@counterpart/schemas';
import { versionInUse } from './install.ts';
import { keptVersions, toolNamesOf } from './kept.ts';
import type { VersionsAt } from './places.ts';
import { publicKeyText, readSigningKey } from './signing/key.ts';

/** All that is known of a server's versions. Throws SIGNING_KEY_INVALID. */
export async function listVersions(id: string, at: VersionsAt): Promise<VersionList> {
  const kept = keptVersions(at, id);
  const inUse = await versionInUse(id, at);
  const key = readSigningKey(at.dataDir);
  const versions = kept.map((version) => ({
    name: version.name,
    active: version.name === inUse?.name,
    tools: toolNamesOf(version),
    ...(version.problem === undefined ? {} : { problem: version.problem }),
    keyId: version.keyId,
    ...version.provenance,
  }));
  const isSigned = inUse?.problem === undefined && inUse?.provenance.approval !== undefined;
  const isThere = existsSync(join(at.serversDir, id));
  const standing = !isThere ? 'removed' : isSigned ? 'signed' : kept.length === 0 ? 'unsigned' : 'changed';
  return {
    server: id,
    standing,
    versions,
    ...(key === undefined ? {} : { key: { id: key.id, publicKey: publicKeyText(key) } }),
  };
}
