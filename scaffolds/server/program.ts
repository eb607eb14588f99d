import type { DatabaseEngine, Manifest } from '@counterpart/schemas';

export interface ProgramOptions {
  readonly manifest: Manifest;
  readonly blueprintHash: string;
  /** Base names of the files of `src/tools/`, without extension. */
  readonly handFiles: readonly string[];
  /** What the server speaks to, where that is a database. */
  readonly engine?: DatabaseEngine | undefined;
}

/** Name that a file of `src/tools/` exports its tool under: `plan-museum-visit` → `planMuseumVisit`. */
export const toExportName = (file: string): string =>
  file.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The code of a server package. Only its id, versions and hash go into code, and file names of the owner's own
 * `src/tools/`; no text of a description ever does.
 */
export function renderProgram(options: ProgramOptions): Map<string, string> {
  const files = new Map<string, string>([
    ['src/server.ts', renderServerFile(options)],
    ['package.json', renderPackage(options.manifest)],
    ['test/contract.test.ts', CONTRACT_TEST],
  ]);
  if (options.handFiles.length > 0) files.set('src/tools.ts', renderToolsFile(options.handFiles));
  return files;
}

function renderServerFile({ manifest, blueprintHash, handFiles, engine }: ProgramOptions): string {
  const hasTools = handFiles.length > 0;
  // A driver is bundled only where it is named; that of SQLite is a part of the kit.
  const driver = engine === 'sqlite' ? undefined : engine;
  const options = [...(driver === undefined ? [] : [`drivers: [${driver}]`]), ...(hasTools ? ['tools'] : [])];
  return [
    `// Written by scaffold ${manifest.scaffold}; edits are lost, hand-written tools belong in src/tools/.`,
    `// Blueprint: ${blueprintHash}`,
    `// Build again: hub build --from <description> --name ${manifest.id}`,
    `import { serve } from '@counterpart/kit';`,
    ...(driver === undefined ? [] : [`import { ${driver} } from '@counterpart/kit/${driver}';`]),
    ...(hasTools ? [`import { tools } from './tools.ts';`] : []),
    '',
    `await serve(new URL('..', import.meta.url)${options.length === 0 ? '' : `, { ${options.join(', ')} }`});`,
    '',
  ].join('\n');
}

function renderToolsFile(handFiles: readonly string[]): string {
  const names = [...handFiles].sort().map((file) => ({ file, name: toExportName(file) }));
  return [
    '// Written by the build from the files of src/tools/.',
    ...names.map(({ file, name }) => `import { ${name} } from './tools/${file}.ts';`),
    '',
    'export const tools = [',
    ...names.map(({ name }) => `  ${name},`),
    '];',
    '',
  ].join('\n');
}

/** The test that every server package has. */
export const CONTRACT_TEST = `import { testServer } from '@counterpart/kit/testing';

testServer(new URL('..', import.meta.url));
`;

/** Versions of what a package needs to be built and tested; its bundle needs nothing but Node. */
const BUILD_WITH = { '@counterpart/kit': '0.1.0', tsup: '9.0.0', vitest: '5.1.1', zod: '4.6.7' };

/** The package.json of a server. */
export function renderPackage(manifest: Manifest): string {
  const name = `counterpart-server-${manifest.id}`;
  const content = {
    name,
    version: manifest.version,
    private: true,
    type: 'module',
    bin: { [name]: manifest.entry },
    engines: { node: '>=22.18' },
    scripts: {
      start: `node ${manifest.entry}`,
      build: 'tsup src/server.ts --format esm --target node22 --minify',
      test: 'vitest run',
    },
    devDependencies: BUILD_WITH,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
