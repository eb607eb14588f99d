import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { listFiles } from '@counterpart/scaffolds/server/source-files';
import { GENERATED_FILES, listCompiledTools, renderServer } from '@counterpart/scaffolds/server/write';
import { hubError, Manifest, type Blueprint, type ToolDefinition } from '@counterpart/schemas';
import { listServerTools } from './verify/check-server.ts';
import { ensureBundle } from './ensure-bundle.ts';
import type { Installed } from './installed.ts';
import { freeVersion, nextVersion } from './next-version.ts';

export interface PackagePlan {
  readonly files: ReadonlyMap<string, string>;
  readonly manifest: Manifest;
  readonly tools: readonly ToolDefinition[];
}

export interface PlanOptions {
  readonly blueprint: Blueprint;
  readonly category: string;
  readonly previous: Installed | undefined;
  /** Versions that other packages have. */
  readonly taken?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A tool's file: `plan-museum-visit.ts`; tests beside it are not tools. */
const HAND_FILE = /^src\/tools\/(?<name>[a-z0-9]+(?:-[a-z0-9]+)*)\.ts$/;

/** Files of `src/tools/` that define a tool, base names without extension, sorted. */
export async function listHandFiles(dir: string): Promise<string[]> {
  const files = await listFiles(dir, 'src/tools');
  return files.flatMap((file) => HAND_FILE.exec(file)?.groups?.['name'] ?? []);
}

/**
 * Decides every generated file of a package. What a hand-written tool's definition is, only its running code can say,
 * so with any in `dir` a draft is written there, bundled and asked.
 */
export async function planPackage(dir: string, options: PlanOptions): Promise<PackagePlan> {
  const { blueprint, previous } = options;
  const handFiles = await listHandFiles(dir);
  const compiled = listCompiledTools(blueprint);
  const blueprintHash = hashJson(blueprint);
  const render = (version: string, tools: readonly ToolDefinition[]): PackagePlan => {
    const { category } = options;
    const platform = blueprint.id;
    const files = renderServer(blueprint, { version, blueprintHash, category, platform, tools, handFiles });
    return { files, tools, manifest: Manifest.parse(JSON.parse(files.get('manifest.json') ?? '')) };
  };
  const tools =
    handFiles.length === 0
      ? compiled
      : await askProgram(dir, render(previous?.version ?? '1.0.0', compiled), options.signal);
  const version = nextVersion(previous, { blueprintHash, tools });
  const { taken = new Set() } = options;
  return render(freeVersion(version, { previous: previous?.version, taken }), tools);
}

/** Writes the files of a plan and removes generated ones that it no longer has. */
export async function writePackage(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const path of GENERATED_FILES.filter((path) => !files.has(path)))
    await rm(join(dir, path), { force: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

/** True when the folder already holds exactly these generated files, byte by byte. */
export async function isWritten(dir: string, files: ReadonlyMap<string, string>): Promise<boolean> {
  for (const path of GENERATED_FILES) {
    const present = await readFile(join(dir, path), 'utf8').catch(() => undefined);
    if (present !== files.get(path)) return false;
  }
  return true;
}

async function askProgram(dir: string, draft: PackagePlan, signal?: AbortSignal): Promise<ToolDefinition[]> {
  await writePackage(dir, draft.files);
  await ensureBundle(dir, signal);
  const listed = await listServerTools(dir, draft.manifest, signal);
  const names = new Set(listed.map((tool) => tool.name));
  const lost = draft.tools.filter((tool) => !names.has(tool.name)).map((tool) => tool.name);
  if (lost.length === 0) return listed;
  const detail = `with the tools of src/tools/ it no longer lists ${lost.slice(0, 5).join(', ')}`;
  throw hubError('SERVER_MISMATCH', { server: draft.manifest.id, detail });
}
