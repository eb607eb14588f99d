import { readFile } from 'node:fs/promises';
import type { Blueprint, Manifest } from '@counterpart/schemas';

/** What the kit needs of a manifest. */
export type ServerManifest = Pick<
  Manifest,
  'id' | 'version' | 'title' | 'description' | 'permissions' | 'config' | 'secrets' | 'hooks' | 'blueprint'
>;

async function readBytes(root: URL, name: string): Promise<Buffer | undefined> {
  return readFile(new URL(name, root)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function readJson(root: URL, name: string): Promise<unknown> {
  const bytes = await readBytes(root, name);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as unknown;
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
  /** Text of `tools.json` as one line; undefined when there is none. */
  toolsText(): Promise<Buffer | undefined>;
}

const [LINE_FEED, CARRIAGE_RETURN, BLANK] = [0x0a, 0x0d, 0x20];

/**
 * Makes the text of a JSON list fit into a line, in place: in JSON a line's end is never part of a value. It is not
 * parsed, which would cost more than all else that a start does; only a file that is no list at all is told apart.
 */
function toOneLine(bytes: Buffer): Buffer {
  for (const end of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, at + 1)) bytes[at] = BLANK;
  }
  const isList =
    /^ *\[/.test(bytes.toString('latin1', 0, 8)) && /\] *$/.test(bytes.toString('latin1', bytes.length - 8));
  if (!isList) throw new SyntaxError('tools.json is not a JSON list');
  return bytes;
}

/** Opens the server at `root` (a directory, ending with a slash). Rejects when it has no readable manifest. */
export async function openPackage(root: URL): Promise<ServerPackage> {
  const manifest = await readJson(root, 'manifest.json');
  if (manifest === undefined) throw new TypeError(`there is no manifest.json in ${root.pathname}`);
  let blueprint: Promise<Blueprint | undefined> | undefined;
  return {
    manifest: manifest as ServerManifest,
    blueprint: () => (blueprint ??= readJson(root, 'blueprint.json') as Promise<Blueprint | undefined>),
    async toolsText() {
      const bytes = await readBytes(root, 'tools.json');
      return bytes && toOneLine(bytes);
    },
  };
}
