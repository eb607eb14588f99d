import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hubError, Manifest, ToolDefinition, type NameLock, type ServerId } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { lockOfBuilt } from '@counterpart/scaffolds/readers/listed-before';
import { z } from 'zod';
import type { BuiltState } from './next-version.ts';

/** What a build takes over from the installed version. */
export interface Installed extends BuiltState {
  readonly category: string;
  readonly title: string | undefined;
  /** Where its description came from, as its blueprint says. */
  readonly location: string | undefined;
}

/**
 * The installed version of a server; undefined when there is none, or none that can be read: then it is built anew.
 * Throws SERVER_EXISTS for a folder that was not made by a build, so that nobody's work is overwritten.
 */
export async function readInstalled(dir: string, id: ServerId): Promise<Installed | undefined> {
  const names = await readdir(dir).catch((): string[] => []);
  // Hand-written tools and tests may come first; a build then adds the rest.
  if (names.every((name) => name === 'src' || name === 'test')) return undefined;
  if (!names.includes('manifest.json')) throw hubError('SERVER_EXISTS', { server: id });
  const manifest = Manifest.safeParse(await readJson(join(dir, 'manifest.json'))).data;
  if (manifest?.scaffold === 'hand') throw hubError('SERVER_EXISTS', { server: id });
  const tools = z.array(ToolDefinition).safeParse(await readJson(join(dir, 'tools.json'))).data;
  if (manifest === undefined || tools === undefined) return undefined;
  const { version, category, title, blueprint } = manifest;
  const { location } =
    Source.safeParse(await readJson(join(dir, blueprint?.path ?? 'blueprint.json'))).data ?? {};
  return { version, category, title, location, tools, blueprintHash: blueprint?.hash ?? '' };
}

const Source = z.object({ source: z.object({ location: z.string() }) }).transform(({ source }) => source);

/**
 * Two services of one title become one name, and titles without a Latin letter all do: nobody asked for the first to be
 * replaced. A description that moved, was renamed or was selected from otherwise is still the same service. Throws
 * SERVER_EXISTS.
 */
export function assertSameService(installed: Installed, { id, title, source, operations }: Blueprint): void {
  const same = installed.title === title && installed.location === source.location;
  const known = new Set(installed.tools.map(({ name }) => name));
  if (same || operations.some(({ name }) => known.has(name))) return;
  const { location = 'another description' } = installed;
  throw hubError('SERVER_EXISTS', {
    server: `${id}; it was made from ${location} and shares no tool with this one`,
  });
}

/** The blueprint of an installed server; undefined when there is none that can be read. */
export async function readBlueprint(dir: string): Promise<Blueprint | undefined> {
  return Blueprint.safeParse(await readJson(join(dir, 'blueprint.json'))).data;
}

/** What the installed version of a server hands on to the next: names, and how its tools are listed; undefined when there is none. */
export async function readNames(dir: string): Promise<NameLock | undefined> {
  const blueprint = await readBlueprint(dir);
  return blueprint && lockOfBuilt(blueprint);
}

/** What the installed version of a server was selected from a source by; empty: everything, or another source. */
export async function readInclude(dir: string, location: string): Promise<readonly string[]> {
  const blueprint = Blueprint.safeParse(await readJson(join(dir, 'blueprint.json'))).data;
  return blueprint?.source.location === location ? (blueprint.source.include ?? []) : [];
}

/** A file's JSON; undefined when it is missing or not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
