import { readFile } from 'node:fs/promises';
import type { Blueprint, Manifest, ToolDefinition } from '@counterpart/schemas';

/** What the kit needs of a manifest. */
export type ServerManifest = Pick<
  Manifest,
  'id' | 'version' | 'title' | 'description' | 'permissions' | 'config' | 'secrets' | 'blueprint'
>;

async function readJson(root: URL, name: string): Promise<unknown> {
  const text = await readFile(new URL(name, root), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(`${name} is not JSON`, { cause: error });
  }
}

/**
 * The files of a server as data. They were validated when they were written and are covered by the manifest's hashes, so
 * they are believed here: parsing them against schemas would double the time to the first answer.
 */
export interface ServerPackage {
  readonly manifest: ServerManifest;
  blueprint(): Promise<Blueprint | undefined>;
  tools(): Promise<readonly ToolDefinition[] | undefined>;
}

/** Opens the server at `root` (a directory, ending with a slash). Rejects when it has no readable manifest. */
export async function openPackage(root: URL): Promise<ServerPackage> {
  const manifest = await readJson(root, 'manifest.json');
  if (manifest === undefined) throw new TypeError(`there is no manifest.json in ${root.pathname}`);
  let blueprint: Promise<Blueprint | undefined> | undefined;
  return {
    manifest: manifest as ServerManifest,
    blueprint: () => (blueprint ??= readJson(root, 'blueprint.json') as Promise<Blueprint | undefined>),
    tools: () => readJson(root, 'tools.json') as Promise<readonly ToolDefinition[] | undefined>,
  };
}
