import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceText } from '@counterpart/scaffolds/readers/source';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { toolkitStamp } from '@counterpart/scaffolds/server/toolkit-stamp';
import type { Blueprint } from '@counterpart/schemas';
import { writeWhole } from '../../kernel/files/write-whole.ts';
import { readJson } from '../installed.ts';
import type { BuildOptions } from '../options.ts';
import type { ChosenGroup } from '../source/read-chosen.ts';

/** What a description was compiled into. */
export interface Compiled {
  readonly blueprint: Blueprint;
  /** Operations in the source, selected or not. */
  readonly total: number;
  /** All of the source by groups, and what of each was chosen; absent where nothing was chosen and nothing is large. */
  readonly groups?: readonly ChosenGroup[] | undefined;
}

/** A compiled description as it is kept; believed when read, because its name is the hash of what it was made from. */
interface Entry {
  /** Other documents that were read, each with the hash of what was found. */
  readonly neighbours: readonly (readonly [address: string, hash: string])[];
  /** Of the installed version, before this one was installed and with it: names and the chosen part come from there. */
  readonly states: readonly string[];
  readonly compiled: Compiled;
}

const LONGEST_ENTRY = 64 * 1024 * 1024;
const MOST_ENTRIES = 64;
const MOST_BYTES = 256 * 1024 * 1024;

type Compile = (source: SourceText) => Promise<Compiled>;

/**
 * Compiles a description, unless this very one was compiled before, by the same readers, for the same wish, with the same
 * names to keep: then that is the answer. A cache that cannot be read or written costs time only.
 */
export async function compiledOnce(
  source: SourceText,
  options: BuildOptions,
  compile: Compile,
): Promise<Compiled & { readonly cached: boolean }> {
  const { cacheDir, serversDir } = options;
  // What is read piece by piece is never held whole, and compiles as fast as it can be hashed.
  if (cacheDir === undefined || source.chunks !== undefined)
    return { ...(await compile(source)), cached: false };
  const file = join(cacheDir, `${await keyOf(source, options)}.json`);
  const known = (await readJson(file)) as Entry | undefined; // written below, and by nobody else
  if (known !== undefined && (await isValid(known, source, serversDir))) {
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return { ...known.compiled, cached: true };
  }
  const neighbours = new Map<string, string>();
  const compiled = await compile(remembering(source, neighbours));
  const before = await installedState(join(serversDir, compiled.blueprint.id));
  const entry = { neighbours: [...neighbours], states: [before, stateOf(compiled.blueprint)], compiled };
  await keep(file, cacheDir, entry).catch(() => undefined);
  return { ...compiled, cached: false };
}

/** Options that no blueprint depends on; one that is missing here can cost a compilation, never a wrong answer. */
const NO_WISH = new Set(['cacheDir', 'category', 'dryRun', 'onProgress', 'signal', 'source', 'strict']);

/** Everything that a blueprint follows from, but what is installed. */
async function keyOf(source: SourceText, options: BuildOptions): Promise<string> {
  const wish = Object.entries(options)
    .filter(([name, value]) => value !== undefined && value !== false && !NO_WISH.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { sha256, location, address, endpoint } = source;
  const found = { sha256, location, address, endpoint };
  const parts = [wish, found, await toolkitStamp()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function isValid(entry: Entry, source: SourceText, serversDir: string): Promise<boolean> {
  const state = await installedState(join(serversDir, entry.compiled.blueprint.id));
  if (!entry.states.includes(state)) return false;
  for (const [address, hash] of entry.neighbours)
    if (hashJson(await source.neighbours?.read(address)) !== hash) return false;
  return true;
}

/** The source, whose neighbours are noted as they are read. */
function remembering(source: SourceText, noted: Map<string, string>): SourceText {
  const { neighbours } = source;
  if (neighbours === undefined) return source;
  const read: typeof neighbours.read = async (address) => {
    const found = await neighbours.read(address);
    noted.set(address, hashJson(found));
    return found;
  };
  return { ...source, neighbours: { home: neighbours.home, read } };
}

const installedState = async (folder: string): Promise<string> =>
  stateOf(await readJson(join(folder, 'blueprint.json')));

type Installed = Partial<Pick<Blueprint, 'names' | 'operations' | 'source'>>;

/** The part of an installed blueprint that a rebuild takes over; nothing of it is believed, only compared. */
function stateOf(blueprint: unknown): string {
  if (typeof blueprint !== 'object' || blueprint === null) return 'none';
  const { names, operations, source } = blueprint as Installed;
  const listed = Array.isArray(operations) ? operations.map((one) => [one?.name, one?.outputBytes]) : null;
  return hashJson([names ?? operations ?? null, listed, source?.include ?? null, source?.location ?? null]);
}

async function keep(file: string, folder: string, entry: Entry): Promise<void> {
  const text = JSON.stringify(entry);
  if (text.length > LONGEST_ENTRY) return;
  await mkdir(folder, { recursive: true });
  writeWhole(file, text);
  await sweep(folder);
}

/** Removes what was used longest ago, beyond the limits. */
async function sweep(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const facts = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const { size, mtimeMs } = await stat(file);
      return { file, size, mtimeMs };
    }),
  );
  let bytes = 0;
  for (const [index, { file, size }] of facts.toSorted((a, b) => b.mtimeMs - a.mtimeMs).entries()) {
    bytes += size;
    if (index >= MOST_ENTRIES || bytes > MOST_BYTES) await rm(file, { force: true });
  }
}
