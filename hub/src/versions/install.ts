import { cp, mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CounterpartError, hubError, ServerId, type VersionFacts } from '@counterpart/schemas';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { assertFits } from './dependencies.ts';
import { commitVersion } from './history.ts';
import {
  copyPackage,
  isSound,
  keepVersion,
  readManifest,
  sweepUnkept,
  unwritable,
  withApproval,
} from './keep.ts';
import { chooseVersion, type KeptVersion, keptVersions } from './kept.ts';
import { changedFiles, readPackage } from './package/content.ts';
import type { VersionsAt } from './places.ts';
import { superfluous } from './prune.ts';
import { openStaging, sweepStaging } from './staging.ts';

/** A package that is to become the version in use. */
export interface InstallOrder {
  readonly id: string;
  /** The package, bundled; it is copied and stays as it is. */
  readonly candidateDir: string;
  /** What is said of it, and who let it be started. */
  readonly facts: VersionFacts & { readonly approval: NonNullable<VersionFacts['approval']> };
}

/** What became of an install or a rollback. */
export interface Installed {
  /** In use now. */
  readonly version: KeptVersion;
  /** In use before; absent when there was none. */
  readonly before?: KeptVersion | undefined;
}

/**
 * The one door through which a package gets into the servers folder: what lies there is kept first, then the new one is kept
 * and signed, then they are swapped. Killed at any point, the old version is in place or the new one, whole. Rejects with
 * DATA_UNWRITABLE, MANIFEST_INVALID, PACKAGE_UNSOUND or a DEPENDENCY_ error, and has then changed nothing that is in use.
 */
export async function installVersion(order: InstallOrder, at: VersionsAt): Promise<Installed> {
  const { id, candidateDir, facts } = order;
  const { approval } = facts;
  await assertFits(candidateDir, at);
  const isSame = await areSame(candidateDir, join(at.serversDir, id));
  const before = isSame ? await lastInUse(id, at) : await keepPresent(id, at);
  const kept = await keepVersion({ id, dir: candidateDir, facts, before: before?.provenance.content }, at);
  const act = { action: 'version.install', by: approval.by, version: kept, before } as const;
  const version = await recorded(act, at, async () => {
    const approved = withApproval(kept, approval, at);
    await putInUse(approved, at);
    return approved;
  });
  await settle({ version, before }, at);
  return { version, before };
}

interface InstallAct {
  readonly action: 'version.install' | 'version.rollback' | 'version.accept';
  readonly by: string;
  readonly version: KeptVersion;
  readonly before: KeptVersion | undefined;
}

/** Enters in the audit log what comes into use, then lets it. */
function recorded<T>(
  { action, by, version: { name, provenance }, before }: InstallAct,
  { audit }: VersionsAt,
  work: () => Promise<T>,
): Promise<T> {
  if (audit === undefined) return work();
  const { server, version, content, author, trace, unsafeLocal } = provenance;
  const facts = {
    version,
    name,
    content,
    before: before?.name ?? null,
    author: author.kind,
    ...(unsafeLocal === true ? { unsafeLocal } : {}),
  };
  return audit.acting({ action, subject: server, principal: by, facts, trace }, work);
}

/** Built anew as it was: then nothing is replaced that would have to be kept first. */
async function areSame(candidateDir: string, present: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [candidateDir, present].map((dir) => readPackage(dir).catch(() => undefined)),
  );
  return one !== undefined && one.hash === other?.hash;
}

/** Which version is wanted back, and in whose name. */
export interface RollbackOrder {
  readonly id: string;
  /** Default: the one before the version in use; where what lies there was changed, the one that it was. */
  readonly wanted?: string | undefined;
  /** Principal in words, such as `owner via cli`. */
  readonly by: string;
}

/** Puts a kept version back in use. Rejects with VERSION_UNKNOWN, PROVENANCE_INVALID or DATA_UNWRITABLE. */
export async function rollBack({ id, wanted, by }: RollbackOrder, at: VersionsAt): Promise<Installed> {
  const target = await chooseTarget(id, wanted, at);
  const { version: number } = target.provenance;
  const problem = target.problem ?? ((await isSound(target)) ? undefined : DAMAGED);
  if (problem !== undefined)
    throw hubError('PROVENANCE_INVALID', { server: id, version: number, detail: problem });
  await assertFits(target.packageDir, at);
  const before = await keepPresent(id, at);
  const act = { action: 'version.rollback', by, version: target, before } as const;
  const version = await recorded(act, at, async () => {
    const approved = withApproval(target, { by, at: new Date().toISOString() }, at);
    await putInUse(approved, at);
    return approved;
  });
  await settle({ version, before }, at);
  return { version, before };
}

const DAMAGED = 'what is kept of it is not what its record says';

/** Approves what lies in the servers folder, as it is. Rejects as `installVersion` does. */
export async function acceptPresent(
  { id, facts }: Omit<InstallOrder, 'candidateDir'>,
  at: VersionsAt,
): Promise<KeptVersion> {
  const { approval } = facts;
  const before = await lastInUse(id, at);
  const dir = join(at.serversDir, id);
  const order = { id, dir, facts, before: before?.provenance.content };
  const kept = await keepVersion(order, at);
  const act = { action: 'version.accept', by: approval.by, version: kept, before } as const;
  const version = await recorded(act, at, async () => withApproval(kept, approval, at));
  await settle({ version, before }, at);
  return version;
}

/** The kept version whose package lies in the servers folder, byte by byte; undefined when none does. */
export async function versionInUse(id: string, at: VersionsAt): Promise<KeptVersion | undefined> {
  const kept = keptVersions(at, id);
  if (kept.length === 0) return undefined;
  const content = await readPackage(join(at.serversDir, id)).catch(() => undefined);
  return kept.find(({ provenance }) => provenance.content === content?.hash);
}

/** The version that is in use, or was before somebody changed it: of those that were approved, the one with the fewest differences. */
export async function lastInUse(id: string, at: VersionsAt): Promise<KeptVersion | undefined> {
  const inUse = await versionInUse(id, at);
  if (inUse) return inUse;
  const approved = keptVersions(at, id).filter(
    ({ problem, provenance }) => problem === undefined && provenance.approval !== undefined,
  );
  const present = await readPackage(join(at.serversDir, id)).catch(() => undefined);
  if (present === undefined) return approved[0];
  let nearest: { readonly kept: KeptVersion; readonly changes: number } | undefined;
  for (const kept of approved) {
    const content = await readPackage(kept.packageDir).catch(() => undefined);
    const changes = content === undefined ? Infinity : changedFiles(content, present).length;
    if (nearest === undefined || changes < nearest.changes) nearest = { kept, changes };
  }
  return nearest?.kept;
}

async function chooseTarget(id: string, wanted: string | undefined, at: VersionsAt): Promise<KeptVersion> {
  const kept = keptVersions(at, id);
  if (wanted !== undefined) return chooseVersion(id, wanted, kept);
  const inUse = await versionInUse(id, at);
  const target = inUse
    ? kept.find(({ provenance }) => provenance.content === inUse.provenance.before)
    : await lastInUse(id, at);
  if (target) return target;
  const detail = `kept are ${kept.map(({ name }) => name).join(', ') || 'none'}`;
  const version = inUse ? `before ${inUse.provenance.version}` : 'that was approved';
  throw hubError('VERSION_UNKNOWN', { server: id, version, detail });
}

/**
 * Keeps what lies in the servers folder, unless it is kept already. What was there before versions were kept has been started
 * all along, and goes on being so; an edit that nobody approved stays one. What cannot be a version is put aside.
 */
async function keepPresent(id: string, at: VersionsAt): Promise<KeptVersion | undefined> {
  await sweepUnkept(at, id);
  await sweepStaging(at.serversDir);
  const dir = join(at.serversDir, id);
  if (!existsSync(join(dir, 'manifest.json'))) return undefined;
  const known = await versionInUse(id, at);
  if (known) return known;
  const before = await lastInUse(id, at);
  const approval = { by: 'in use before versions were kept', at: new Date().toISOString() };
  try {
    const { scaffold } = await readManifest(dir);
    const author = { kind: before || scaffold === 'hand' ? ('person' as const) : ('compiler' as const) };
    const facts = { author, ...(before ? {} : { approval }) };
    return await keepVersion({ id, dir, facts, before: before?.provenance.content }, at);
  } catch (cause) {
    const isUnsound =
      cause instanceof CounterpartError && ['PACKAGE_UNSOUND', 'MANIFEST_INVALID'].includes(cause.code);
    if (!isUnsound) throw cause;
    const aside = await putAside(id, dir, at);
    at.note(`What was there could not be kept as a version, and lies in ${aside}: ${cause.message}`);
    return undefined;
  }
}

async function putAside(id: string, dir: string, { dataDir }: VersionsAt): Promise<string> {
  const folder = join(dataDir, 'removed');
  const aside = join(folder, `${id}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  const isOwn = (path: string): boolean => path !== join(dir, 'node_modules');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await cp(dir, aside, { recursive: true, filter: isOwn });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return aside;
}

/** Swaps a kept version into the servers folder. */
async function putInUse({ provenance: { server }, packageDir }: KeptVersion, at: VersionsAt): Promise<void> {
  try {
    makeFolder(at.serversDir);
    const staging = await openStaging(at.serversDir, ServerId.parse(server), { empty: true });
    try {
      await copyPackage(packageDir, staging.next, { sealed: false });
      await staging.install();
    } finally {
      await staging.discard();
    }
  } catch (cause) {
    throw cause instanceof CounterpartError ? cause : unwritable(at.serversDir, cause);
  }
}

/** What an install is complete without: its line in the history, and room for the next. */
async function settle({ version: active, before }: Installed, at: VersionsAt): Promise<void> {
  if (before) await commitVersion(before, at);
  await commitVersion(active, at);
  const { server } = active.provenance;
  for (const { dir, name } of superfluous(keptVersions(at, server), { keep: at.keep, active }))
    await rm(dir, { recursive: true, force: true }).catch((cause: unknown) =>
      at.note(`Version ${name} of ${server} could not be removed: ${String(cause)}`),
    );
}
