import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import type { Blueprint, BuildReport } from '@counterpart/schemas';
import { installVersion, versionInUse } from '../versions/install.ts';
import { keptVersions } from '../versions/kept.ts';
import type { Staging } from '../versions/staging.ts';
import type { BuildOptions } from './options.ts';

/** What kept versions mean for a build. */
export interface Kept {
  /** Numbers that other packages have. */
  readonly taken: ReadonlySet<string>;
  /** What is in place may be started as it is: a build that changes nothing need not touch it. */
  readonly isSigned: boolean;
}

interface Before {
  readonly options: Pick<BuildOptions, 'versions'>;
  /** Number of the version in place. */
  readonly previous: string | undefined;
}

/** Reads what is kept of a server that is to be built. */
export async function readKept(id: string, { options: { versions }, previous }: Before): Promise<Kept> {
  if (versions === undefined) return { taken: new Set(), isSigned: true };
  const inUse = await versionInUse(id, versions);
  const isSigned = inUse?.problem === undefined && inUse?.provenance.approval !== undefined;
  const taken = new Set(keptVersions(versions, id).map(({ provenance }) => provenance.version));
  if (isSigned && previous !== undefined) taken.delete(previous);
  return { taken, isSigned };
}

interface Built {
  readonly options: Pick<BuildOptions, 'versions' | 'approvedBy'>;
  /** Holds the package, checked. */
  readonly staging: Staging;
  readonly check: BuildReport['check'];
}

/** Puts a package that was compiled from a blueprint in use: through the door of versions, where there are any. */
export async function installBuilt(
  { id, source }: Blueprint,
  { options: { versions, approvedBy = 'whoever built it' }, staging, check }: Built,
): Promise<void> {
  if (versions === undefined) return staging.install();
  const facts = {
    author: { kind: 'compiler' as const, name: source.reader },
    source: { location: source.location, hash: source.sha256 },
    reports: { check: hashJson(check) },
    approval: { by: approvedBy, at: new Date().toISOString() },
  };
  await installVersion({ id, candidateDir: staging.next, facts }, versions);
}
