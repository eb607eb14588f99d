import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hubError, ServerId, type VersionProvenance } from '@counterpart/schemas';
import {
  packageDir,
  provenanceFile,
  serverDir,
  VERSION_NAME,
  versionName,
  type VersionsAt,
} from './places.ts';
import { readSigningKey } from './signing/key.ts';
import { readProvenance } from './signing/provenance.ts';

/** A version that is kept. */
export interface KeptVersion {
  readonly name: string;
  readonly dir: string;
  /** Its package, which nobody writes to. */
  readonly packageDir: string;
  readonly provenance: VersionProvenance;
  readonly keyId: string;
  /** Why its record cannot be believed. */
  readonly problem?: string | undefined;
}

/** All versions that are kept of a server, the newest first. Throws SIGNING_KEY_INVALID. */
export function keptVersions(at: Pick<VersionsAt, 'dataDir'>, id: string): KeptVersion[] {
  // What is no name of a server must not lead out of the folder.
  const names = ServerId.safeParse(id).success
    ? folderNames(serverDir(at, id)).filter((name) => VERSION_NAME.test(name))
    : [];
  if (names.length === 0) return [];
  const key = readSigningKey(at.dataDir);
  const kept = names.flatMap((name): KeptVersion[] => {
    const dir = join(serverDir(at, id), name);
    const read = readProvenance(provenanceFile(dir), key);
    if (read === undefined) return [];
    const { provenance, keyId } = read;
    const problem = read.problem ?? misplaced(provenance, { id, name });
    return [{ name, dir, packageDir: packageDir(dir), provenance, keyId, problem }];
  });
  return kept.sort((a, b) => (a.provenance.installedAt > b.provenance.installedAt ? -1 : 1));
}

/** A record that is true of another server or version says nothing of this one. */
function misplaced(provenance: VersionProvenance, place: { id: string; name: string }): string | undefined {
  const { server, version, content } = provenance;
  const isHere = server === place.id && versionName(version, content) === place.name;
  return isHere ? undefined : `its record is that of ${server} ${version}`;
}

/** The one version that a person means: its version, its name, or the beginning of its hash. */
export function chooseVersion(id: string, wanted: string, kept: readonly KeptVersion[]): KeptVersion {
  const text = wanted.replace(/^(?:v|sha256-)(?=[0-9a-f])/, '');
  const exact = kept.filter(({ name, provenance }) => name === text || provenance.version === text);
  const byHash = /^[0-9a-f]{4,64}$/.test(text)
    ? kept.filter(({ provenance }) => provenance.content.startsWith(`sha256-${text}`))
    : [];
  const found = exact.length > 0 ? exact : byHash;
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const names = (found.length > 0 ? found : kept).map(({ name }) => name).join(', ');
  throw hubError('VERSION_UNKNOWN', {
    server: id,
    version: wanted,
    detail: second === undefined ? `kept are ${names || 'none'}` : `it can be any of ${names}`,
  });
}

/** Names in a folder; none when there is no such folder. */
export function folderNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Names of the tools of a kept version, as its manifest has them. */
export function toolNamesOf({ packageDir: dir }: KeptVersion): string[] {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
    const tools = typeof manifest === 'object' && manifest !== null && 'tools' in manifest && manifest.tools;
    return typeof tools === 'object' && tools !== null ? Object.keys(tools) : [];
  } catch {
    return [];
  }
}
