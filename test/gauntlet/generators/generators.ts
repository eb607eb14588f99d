import { spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Program } from '../built-subject.ts';
import { watchPeak } from '../peak-memory.ts';

/** What a generator is given. */
export interface Order {
  readonly file: string;
  /** Address of the service that its tools shall call. */
  readonly url: string;
  /** A folder of the generator's own. */
  readonly folder: string;
}

/** A server that can be started, and the memory that making it took; 0 when nothing is made beforehand. */
export interface Prepared {
  readonly program: Program;
  readonly peakMb: number;
}

/** Another project that makes an MCP server from an OpenAPI description. */
export interface Generator {
  readonly name: string;
  readonly version: string;
  /** What npm installs into its folder: itself, and what the servers it writes depend on. */
  readonly packages: readonly string[];
  /** How its server is started; rejects with what it printed when it makes none. `modules` is its `node_modules`. */
  prepare(order: Order, modules: string): Promise<Prepared>;
}

/** Longest a generator may take for one description, in milliseconds. */
const LONGEST_RUN_MS = 120_000;

/** Runs a generator and says how much memory it took, in megabytes. */
async function run(args: readonly string[], cwd: string): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const peak = watchPeak(child.pid);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [printed, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const peakMb = peak.stop();
  if (code !== 0)
    throw new Error(complaint || printed || `it was not done within ${LONGEST_RUN_MS / 1_000} s`);
  return peakMb;
}

/** The generators of the registry that can be installed and driven without a compiler of another language. */
export const GENERATORS: readonly Generator[] = [
  {
    name: 'openapi-mcp-generator',
    version: '4.0.1',
    packages: [
      'openapi-mcp-generator@4.0.1',
      '@modelcontextprotocol/sdk@1.32.2',
      'axios@1.16.0',
      'dotenv@16.6.1',
      'json-schema-to-zod@2.6.1',
      'zod@3.25.76',
    ],
    async prepare({ file, url, folder }, modules) {
      const entry = join(modules, 'openapi-mcp-generator/bin/openapi-mcp-generator.js');
      const peakMb = await run(
        [entry, '--input', file, '--output', 'out', '--base-url', url, '--force'],
        folder,
      );
      symlinkSync(modules, join(folder, 'out/node_modules'));
      const program = join(folder, 'out/src/index.ts');
      return {
        program: { command: process.execPath, args: [program], env: { API_BASE_URL: url } },
        peakMb,
      };
    },
  },
  {
    name: '@ivotoby/openapi-mcp-server',
    version: '1.16.1',
    packages: ['@ivotoby/openapi-mcp-server@1.16.1'],
    prepare({ file, url }, modules) {
      const entry = join(modules, '@ivotoby/openapi-mcp-server/bin/mcp-server.js');
      const args = [entry, '--transport', 'stdio', '--tools', 'all', '-u', url, '-s', file];
      return Promise.resolve({ program: { command: process.execPath, args, env: {} }, peakMb: 0 });
    },
  },
];

/** Folder of a generator below the one that they are installed in. */
export const folderOf = (root: string, { name }: Generator): string => join(root, name.replaceAll('/', '+'));

/** A generator and the `node_modules` that it is installed in. */
export interface Installed {
  readonly generator: Generator;
  readonly modules: string;
}

/** Those that are installed below a folder. */
export function installedGenerators(root: string | undefined): Installed[] {
  if (root === undefined) return [];
  return GENERATORS.flatMap((generator) => {
    const modules = join(folderOf(root, generator), 'node_modules');
    const manifest = join(modules, generator.name, 'package.json');
    if (!existsSync(manifest)) return [];
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return version === generator.version ? [{ generator, modules }] : [];
  });
}
