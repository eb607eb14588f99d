import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startMirror, type ServeOptions } from '@counterpart/scaffolds/mirror/serve';
import { Manifest, type Blueprint, type BuildReport } from '@counterpart/schemas';
import { description, type Workspace } from './builder-workspace.ts';
import type { Launch } from './specs-clients.ts';

/** A description, built into a server, and the mirror of the service it describes. */
export interface BuiltServer extends AsyncDisposable {
  readonly directory: string;
  readonly report: BuildReport;
  readonly manifest: Manifest;
  readonly blueprint: Blueprint;
  /** Starts the server against the mirror, with a value for every credential. */
  readonly launch: Launch;
}

/** Builds the description `file` into the workspace and starts its mirror. */
export async function openBuilt(
  workspace: Workspace,
  file: string,
  mirrorOptions: ServeOptions = {},
): Promise<BuiltServer> {
  const report = await workspace.build({ from: description(file), name: 'built' });
  const { directory } = report;
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, name), 'utf8'));
  const manifest = Manifest.parse(await read('manifest.json'));
  const blueprint = (await read('blueprint.json')) as Blueprint; // written by the build a moment ago
  const mirror = await startMirror(blueprint, mirrorOptions);
  return {
    directory,
    report,
    manifest,
    blueprint,
    launch: {
      command: process.execPath,
      args: [join(directory, manifest.entry)],
      env: environment(manifest, mirror.url),
    },
    [Symbol.asyncDispose]: () => mirror.close(),
  };
}

function environment({ config, secrets }: Manifest, mirrorUrl: string): Record<string, string> {
  const settings = config
    .filter(({ required, name }) => required && name !== 'BUILT_BASE_URL')
    .map((slot): [string, string] => [slot.name, slot.default ?? slot.enum?.[0] ?? 'test']);
  const credentials = secrets.map(({ name }): [string, string] => [name, 'not-a-secret']);
  return { BUILT_BASE_URL: mirrorUrl, ...Object.fromEntries([...settings, ...credentials]) };
}
