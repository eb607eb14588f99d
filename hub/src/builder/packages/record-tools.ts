import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { toJsonText, toLinesText } from '@counterpart/scaffolds/server/write';
import { effectOf, hubError, isSameJson, Manifest, type ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';
import { writeWhole } from '../../kernel/files/write-whole.ts';
import { listServerTools } from '../verify/check-server.ts';
import { ensureBundle } from '../ensure-bundle.ts';
import { readJson } from '../installed.ts';

/** Names of tools that the program lists otherwise than the manifest. */
export interface ToolsChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

const FILE_MODE = 0o644;

/** A package's manifest as it stands. Throws MANIFEST_INVALID. */
export async function readManifest(dir: string): Promise<Manifest> {
  const file = join(dir, 'manifest.json');
  const manifest = Manifest.safeParse(await readJson(file));
  if (manifest.success) return manifest.data;
  throw hubError('MANIFEST_INVALID', { file, detail: z.prettifyError(manifest.error) });
}

/**
 * Bundles a package, asks its program for its tools and holds them against the manifest; with `write`, manifest.json and
 * tools.json take over what it lists. Throws what keeps a server from starting.
 */
export async function recordTools(
  dir: string,
  { write, signal }: { readonly write: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ToolsChange> {
  const manifest = await readManifest(dir);
  if (manifest.entry !== manifest.source) await ensureBundle(dir, signal);
  const listed = await listServerTools(dir, manifest, signal);
  const tools = entriesOf(listed);
  const names = Object.keys(tools);
  const change = {
    added: names.filter((name) => manifest.tools[name] === undefined),
    changed: names.filter(
      (name) => manifest.tools[name] !== undefined && !isSameJson(manifest.tools[name], tools[name]),
    ),
    removed: Object.keys(manifest.tools).filter((name) => tools[name] === undefined),
  };
  if (write) await writeTools(dir, { listed, tools });
  return change;
}

const entriesOf = (listed: readonly ToolDefinition[]): Record<string, Manifest['tools'][string]> =>
  Object.fromEntries(listed.map((tool) => [tool.name, { hash: hashJson(tool), effect: effectOf(tool) }]));

/** The owner's manifest keeps its other members as they are; files that say it already are not touched. */
async function writeTools(
  dir: string,
  { listed, tools }: { readonly listed: readonly ToolDefinition[]; readonly tools: Manifest['tools'] },
): Promise<void> {
  const written = z.looseObject({}).parse(await readJson(join(dir, 'manifest.json')));
  if (!isSameJson(written['tools'], tools))
    writeWhole(join(dir, 'manifest.json'), toJsonText({ ...written, tools }), FILE_MODE);
  const [file, text] = [join(dir, 'tools.json'), toLinesText(listed)];
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== text) writeWhole(file, text, FILE_MODE);
}
