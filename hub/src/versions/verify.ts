import { join } from 'node:path';
import { bundleServer } from '@counterpart/scaffolds/server/bundle/bundle';
import { type CounterpartError, hubError, type Manifest, toCounterpartError } from '@counterpart/schemas';
import { lastInUse } from './install.ts';
import { isContentSound, programOf, signedAnew } from './keep.ts';
import { type KeptVersion, keptVersions } from './kept.ts';
import { changedFiles, hashFile, type PackageContent, readPackage } from './package/content.ts';
import type { VersionsAt } from './places.ts';

/** A package as the hub has read it. */
export interface ReadServer {
  readonly id: string;
  readonly directory: string;
  readonly manifest: Manifest;
  /** Of manifest and tools, as they were read. */
  readonly contentHash: string;
}

/** A package that is what was approved. */
export interface VerifiedServer {
  readonly version: KeptVersion;
  /** What to run: the program of the kept version, not the one in the servers folder. Absent for a package that runs its sources. */
  readonly program?: string | undefined;
  /** To be asked before every start: rejects with PROVENANCE_INVALID when the program is not the one that was signed. */
  readonly verify: () => Promise<void>;
}

/**
 * Holds a package against the signed records of its server; undefined for a server without any. What runs afterwards is in the
 * data folder and is hashed before every start, and manifest and tools are those that were hashed here: whoever writes to the
 * servers folder between a look and a start changes nothing. Rejects with PACKAGE_CHANGED or PROVENANCE_INVALID.
 */
export async function verifyServer(found: ReadServer, at: VersionsAt): Promise<VerifiedServer | undefined> {
  const { id, directory, manifest } = found;
  const kept = keptVersions(at, id);
  if (kept.length === 0) return undefined;
  const content = await readContent(found);
  const version = kept.find(({ provenance }) => provenance.content === content.hash);
  if (version === undefined) throw changed(id, await differences(found, content, at));
  const { provenance, problem } = version;
  if (problem !== undefined) throw unbelievable(version, problem);
  if (provenance.approval === undefined) throw changed(id, 'it was kept, and nobody has approved it');
  if (provenance.definitions !== found.contentHash)
    throw changed(id, `${directory} was written while it was read`);
  if (manifest.entry === manifest.source) return { version, verify: () => Promise.resolve() };
  const made = await withProgram(version, at);
  const program = join(made.packageDir, 'dist', 'server.js');
  return {
    version: made,
    program,
    async verify() {
      const hash = await hashFile(program).catch(() => undefined);
      if (hash !== made.provenance.program?.hash) throw unbelievable(made, PROGRAM_CHANGED);
    },
  };
}

const PROGRAM_CHANGED = 'the program that is kept of it was changed';

const changed = (server: string, detail: string): CounterpartError =>
  hubError('PACKAGE_CHANGED', { server, detail });

const unbelievable = ({ provenance }: KeptVersion, detail: string): CounterpartError =>
  hubError('PROVENANCE_INVALID', { server: provenance.server, version: provenance.version, detail });

async function readContent({ id, directory }: ReadServer): Promise<PackageContent> {
  try {
    return await readPackage(directory);
  } catch (cause) {
    throw changed(id, toCounterpartError(cause).message.replace(/\.$/, ''));
  }
}

/** Files that are named in one message. */
const MOST_NAMED = 5;

/** Which files are not as they were, in words. */
async function differences({ id }: ReadServer, content: PackageContent, at: VersionsAt): Promise<string> {
  const last = await lastInUse(id, at);
  if (last === undefined) return 'none of the versions that are kept was approved';
  const files = changedFiles(await readPackage(last.packageDir), content);
  const named = files.slice(0, MOST_NAMED).map(({ path, kind }) => `${path} was ${kind}`);
  const more = files.length - named.length;
  return `since ${last.provenance.version}, ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * A program of the sources that were signed, made by this hub: after an update of the hub it is bundled anew from the kept
 * package, and signed. Where that fails, the one that was approved goes on.
 */
async function withProgram(version: KeptVersion, at: VersionsAt): Promise<KeptVersion> {
  const { provenance, packageDir } = version;
  const signed = provenance.program;
  const present = await programOf(packageDir);
  if (present && signed && present.stamp === signed.stamp) {
    if (present.hash === signed.hash) return version;
    throw unbelievable(version, PROGRAM_CHANGED);
  }
  if (!(await isContentSound(version))) throw unbelievable(version, 'what is kept of it was changed');
  try {
    await bundleServer(packageDir);
  } catch (cause) {
    const found = await hashFile(join(packageDir, 'dist', 'server.js')).catch(() => undefined);
    if (signed === undefined || found !== signed.hash) throw cause;
    at.note(`${provenance.server} goes on with its earlier program: ${toCounterpartError(cause).message}`);
    return version;
  }
  const program = await programOf(packageDir);
  return program === undefined ? version : signedAnew(version, { ...provenance, program }, at);
}
