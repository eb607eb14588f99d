import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isBundleFresh } from '@counterpart/scaffolds/server/bundle/bundle';
import {
  CounterpartError,
  hubError,
  Manifest,
  ToolDefinition,
  type VersionFacts,
  type VersionProvenance,
} from '@counterpart/schemas';
import { z } from 'zod';
import { isProcessAlive } from '../kernel/files/data-folder.ts';
import { folderNames, type KeptVersion, keptVersions } from './kept.ts';
import { hashFile, inBatches, listPackage, readPackage } from './package/content.ts';
import { hashDefinitions } from './package/definitions.ts';
import { packageDir, provenanceFile, serverDir, versionName, type VersionsAt } from './places.ts';
import { openSigningKey } from './signing/key.ts';
import { writeProvenance } from './signing/provenance.ts';
import { systemReason } from '../kernel/files/system-reason.ts';

/** A package to be kept, and what is said of it. */
export interface KeepOrder {
  readonly id: string;
  readonly dir: string;
  readonly facts: VersionFacts;
  /** The content of the version that it follows. */
  readonly before?: string | undefined;
}

/** Folders that versions are written in: `.keeping-<pid>-<random>`. */
const UNFINISHED = /^\.keeping-(?<pid>\d+)-[0-9a-f]{8}(?:-old)?$/;

/**
 * Keeps a package as a version: copied, hashed, signed and durable, complete or not there at all. One that is kept already
 * stays as it is; it is written anew when it was damaged. Rejects with DATA_UNWRITABLE, MANIFEST_INVALID or PACKAGE_UNSOUND.
 */
export async function keepVersion(order: KeepOrder, at: VersionsAt): Promise<KeptVersion> {
  const folder = serverDir(at, order.id);
  const aside = join(folder, `.keeping-${process.pid}-${randomUUID().slice(0, 8)}`);
  try {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await copyPackage(order.dir, packageDir(aside), { sealed: true });
    const provenance = await describe(packageDir(aside), order, at);
    return await putInPlace(aside, provenance, at);
  } catch (cause) {
    throw cause instanceof CounterpartError ? cause : unwritable(folder, cause);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** DATA_UNWRITABLE, with what the system said. */
export function unwritable(directory: string, cause: unknown): CounterpartError {
  const detail = systemReason(cause);
  return hubError('DATA_UNWRITABLE', { directory, detail }, { cause });
}

/** Removes what processes left that were killed while they kept a version. */
export async function sweepUnkept(at: VersionsAt, id: string): Promise<void> {
  const folder = serverDir(at, id);
  for (const name of folderNames(folder)) {
    const pid = UNFINISHED.exec(name)?.groups?.['pid'];
    // Of this process' own, none outlives the call that made it.
    if (pid === undefined || Number(pid) === process.pid || isProcessAlive(Number(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The record of a package that was copied aside, unsigned. */
async function describe(dir: string, order: KeepOrder, at: VersionsAt): Promise<VersionProvenance> {
  const manifest = await readManifest(dir);
  const tools = z.array(ToolDefinition).safeParse(await readJson(join(dir, 'tools.json'))).data;
  if (manifest.id !== order.id) {
    const detail = `it is the manifest of ${manifest.id}, not of ${order.id}`;
    throw hubError('MANIFEST_INVALID', { file: join(order.dir, 'manifest.json'), detail });
  }
  const { hash: content } = await readPackage(dir);
  const program = await programOf(dir);
  return {
    server: manifest.id,
    version: manifest.version,
    content,
    definitions: hashDefinitions(manifest, tools),
    ...(program === undefined ? {} : { program }),
    ...(order.before === undefined || order.before === content ? {} : { before: order.before }),
    installedAt: new Date().toISOString(),
    ...(manifest.blueprint === undefined ? {} : { blueprint: manifest.blueprint.hash }),
    toolkit: at.toolkit,
    ...order.facts,
  };
}

/** The bundled program of a package and what it was made from; undefined when it has none of these very sources. */
export async function programOf(dir: string): Promise<VersionProvenance['program']> {
  if (!(await isBundleFresh(dir))) return undefined;
  const stamp = (await readFile(join(dir, 'dist', 'stamp'), 'utf8')).trim();
  return { hash: await hashFile(join(dir, 'dist', 'server.js')), stamp };
}

async function putInPlace(
  aside: string,
  provenance: VersionProvenance,
  at: VersionsAt,
): Promise<KeptVersion> {
  const { server, version, content } = provenance;
  const name = versionName(version, content);
  const dir = join(serverDir(at, server), name);
  const find = () => keptVersions(at, server).find((kept) => kept.name === name);
  const known = find();
  if (known && (await isSound(known))) return withApproval(known, provenance.approval, at);
  const key = openSigningKey(at.dataDir);
  writeProvenance(provenanceFile(aside), provenance, key);
  await flushFolders(aside);
  // What lies there is damaged, or a twin that another process has just made: either way this one is as good.
  if (existsSync(dir)) await rename(dir, `${aside}-old`).catch(() => undefined);
  try {
    await rename(aside, dir);
  } catch (cause) {
    if (find() === undefined) throw cause;
  } finally {
    await rm(`${aside}-old`, { recursive: true, force: true });
  }
  await flush(dirname(dir));
  const kept = find();
  if (kept) return kept;
  throw hubError('DATA_UNWRITABLE', { directory: dir, detail: 'it was removed while it was written' });
}

/** Whether a kept version is what its record says, byte by byte. */
export async function isSound(kept: KeptVersion): Promise<boolean> {
  const { program } = kept.provenance;
  if (!(await isContentSound(kept))) return false;
  if (program === undefined) return true;
  const found = await hashFile(join(kept.packageDir, 'dist', 'server.js')).catch(() => undefined);
  return found === program.hash;
}

/** The same of its package alone: a program can be made from it. */
export async function isContentSound({
  problem,
  packageDir: dir,
  provenance,
}: KeptVersion): Promise<boolean> {
  if (problem !== undefined) return false;
  const content = await readPackage(dir).catch(() => undefined);
  return content?.hash === provenance.content;
}

/** The same version with an approval, where it had none: signed anew. */
export function withApproval(
  kept: KeptVersion,
  approval: VersionFacts['approval'],
  at: VersionsAt,
): KeptVersion {
  if (approval === undefined || kept.provenance.approval !== undefined) return kept;
  return signedAnew(kept, { ...kept.provenance, approval }, at);
}

/** The same version with another record. */
export function signedAnew(kept: KeptVersion, provenance: VersionProvenance, at: VersionsAt): KeptVersion {
  const key = openSigningKey(at.dataDir);
  writeProvenance(provenanceFile(kept.dir), provenance, key);
  return { ...kept, provenance, keyId: key.id, problem: undefined };
}

/**
 * Copies what a package consists of, and its bundle where it has one. `sealed`: nobody is to write to the copy, and it is
 * on the disk when this resolves.
 */
export async function copyPackage(
  from: string,
  to: string,
  { sealed }: { readonly sealed: boolean },
): Promise<void> {
  await mkdir(to, { recursive: true });
  const bundle = ['dist/server.js', 'dist/stamp'].filter((path) => existsSync(join(from, path)));
  const files = [...(await listPackage(from)), ...bundle.map((path) => ({ path, executable: false }))];
  const folders = new Set(files.map(({ path }) => dirname(join(to, path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await inBatches(files, async ({ path, executable }) => {
    const copy = join(to, path);
    await copyFile(join(from, path), copy);
    const mode = executable ? 0o755 : 0o644;
    // Inside a container the server is another user; outside nobody else gets as far as here.
    await chmod(copy, sealed ? mode & 0o555 : mode);
    if (sealed) await flush(copy);
  });
}

/** Reads a package's manifest. Throws MANIFEST_INVALID. */
export async function readManifest(dir: string): Promise<Manifest> {
  const file = join(dir, 'manifest.json');
  const parsed = Manifest.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw hubError('MANIFEST_INVALID', { file, detail: z.prettifyError(parsed.error) });
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A folder is on the disk with its own flush, and not with those of its files. */
async function flushFolders(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  for (const folder of folders) await flush(join(folder.parentPath, folder.name));
  await flush(dir);
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
