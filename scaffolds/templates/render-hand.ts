import type { ConfigSlot, HookSlot, Manifest, SecretSlot, ServerId } from '@counterpart/schemas';
import { CONTRACT_TEST, renderPackage, toExportName } from '../server/program.ts';
import { renderHandReadme } from '../server/readme.ts';
import { toJsonText } from '../server/write.ts';

/** What the manifest of a hand-written server says beside its code. */
export interface HandFacts {
  readonly config: ConfigSlot[];
  readonly secrets: SecretSlot[];
  readonly net: string[];
  readonly hooks?: HookSlot[] | undefined;
  /** Absolute paths of the person's that it may read. */
  readonly files?: string[] | undefined;
}

export interface HandServer {
  readonly id: ServerId;
  readonly title: string;
  readonly about: string;
  readonly category: string;
  readonly facts: HandFacts;
  /** Code by relative path; a program is written for the tools of `src/tools/` where there is none. */
  readonly files: ReadonlyMap<string, string>;
}

const TOOL_FILE = /^src\/tools\/(?<name>[a-z0-9]+(?:-[a-z0-9]+)*)\.ts$/;

/** Every file of a hand-written server but `tools.json` and the bundle. Its manifest lists no tool yet. */
export function renderHandServer(server: HandServer): Map<string, string> {
  const manifest = handManifest(server);
  const sources = [...server.files.keys()];
  return new Map([
    ['manifest.json', toJsonText(manifest)],
    ['package.json', renderPackage(manifest)],
    ['README.md', renderHandReadme(manifest, sources)],
    ['test/contract.test.ts', CONTRACT_TEST],
    ['src/server.ts', renderServer(sources)],
    ...server.files,
  ]);
}

/** A manifest of version 0.1.0 that lists no tool. */
export const handManifest = ({ id, title, about, category, facts }: Omit<HandServer, 'files'>): Manifest => ({
  id,
  version: '0.1.0',
  title,
  description: about,
  category,
  platform: id,
  scaffold: 'hand',
  entry: 'dist/server.js',
  source: 'src/server.ts',
  restart: 'permanent',
  permissions: { net: facts.net, files: facts.files ?? [] },
  config: facts.config,
  secrets: facts.secrets,
  ...(facts.hooks === undefined || facts.hooks.length === 0 ? {} : { hooks: facts.hooks }),
  dependsOn: [],
  test: 'test/contract.test.ts',
  health: { intervalMs: 30_000 },
  tools: {},
});

function renderServer(sources: readonly string[]): string {
  const tools = sources
    .flatMap((path) => TOOL_FILE.exec(path)?.groups?.['name'] ?? [])
    .toSorted()
    .map((file) => ({ file, name: toExportName(file) }));
  return [
    `import { serve } from '@counterpart/kit';`,
    ...tools.map(({ file, name }) => `import { ${name} } from './tools/${file}.ts';`),
    '',
    `await serve(new URL('..', import.meta.url), { tools: [${tools.map(({ name }) => name).join(', ')}] });`,
    '',
  ].join('\n');
}
