import { existsSync, readFileSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { join, relative } from 'node:path';
import { CounterpartError, Manifest, ToolDefinition, hubError } from '@counterpart/schemas';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hashDefinitions } from '../versions/package/definitions.ts';

/** A server package as it stands on disk. */
export interface FoundServer {
  readonly id: string;
  readonly directory: string;
  readonly manifest: Manifest;
  /** What `tools.json` holds; undefined when a hand-made package has none yet. */
  readonly tools: readonly ToolDefinition[] | undefined;
  /** Of what the package says it is: manifest and tools; the manifest holds the blueprint's hash. */
  readonly contentHash: string;
  /** Changes whenever a source file was written: hand-written code has no hash in the manifest. */
  readonly sourceStamp: string;
}

export interface Discovery {
  readonly servers: ReadonlyMap<string, FoundServer>;
  /** Packages that cannot be served, by folder relative to the servers folder. */
  readonly problems: ReadonlyMap<string, CounterpartError>;
}

/** `servers/<id>`, and `servers/<category>/<platform>` for those who sort them. */
const MAX_DEPTH = 3;

/** Reads every package below `root`. A broken one is a problem of its own and never hides another. */
export function discoverServers(root: string): Discovery {
  const servers = new Map<string, FoundServer>();
  const problems = new Map<string, CounterpartError>();
  for (const directory of packageFolders(root, MAX_DEPTH)) {
    try {
      const found = readServer(directory);
      const twin = servers.get(found.id);
      if (twin)
        throw hubError('SERVER_EXISTS', { server: `${found.id} (${relative(root, twin.directory)})` });
      servers.set(found.id, found);
    } catch (error) {
      if (!(error instanceof CounterpartError)) throw error;
      problems.set(relative(root, directory), error);
    }
  }
  return { servers, problems };
}

function packageFolders(root: string, depth: number): string[] {
  if (existsSync(join(root, 'manifest.json'))) return [root];
  if (depth === 0) return [];
  return entries(root)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => packageFolders(join(root, name), depth - 1));
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return []; // a folder that went away while it was read holds no server
  }
}

/** Reads one package. Throws MANIFEST_INVALID. */
function readServer(directory: string): FoundServer {
  const manifest = readJson(join(directory, 'manifest.json'), Manifest);
  const toolsFile = join(directory, 'tools.json');
  const tools = existsSync(toolsFile) ? readJson(toolsFile, z.array(ToolDefinition)) : undefined;
  const contentHash = hashDefinitions(manifest, tools);
  return { id: manifest.id, directory, manifest, tools, contentHash, sourceStamp: sourceStamp(directory) };
}

function sourceStamp(directory: string): string {
  const source = join(directory, 'src');
  const names = existsSync(source) ? readdirSync(source, { recursive: true, encoding: 'utf8' }).sort() : [];
  const stamps = names.map((name) => {
    const { mtimeMs, size } = statSync(join(source, name));
    return `${name} ${size} ${mtimeMs}`;
  });
  return createHash('sha256').update(stamps.join('\n')).digest('hex');
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw hubError(
      'MANIFEST_INVALID',
      { file, detail: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw hubError('MANIFEST_INVALID', { file, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
