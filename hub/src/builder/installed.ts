import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hubError, Manifest, ToolDefinition, type ServerId } from '@counterpart/schemas';
import { z } from 'zod';
import type { BuiltState } from './next-version.ts';

/** What a build takes over from the installed version. */
export interface Installed extends BuiltState {
  readonly category: string;
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
  const { version, category } = manifest;
  return { version, category, tools, blueprintHash: manifest.blueprint?.hash ?? '' };
}

/** A file's JSON; undefined when it is missing or not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
