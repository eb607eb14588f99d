import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workerData } from 'node:worker_threads';
import { build, type Options } from 'tsup';
import { z } from 'zod';
import type { BundleOrder } from './run-bundler.ts';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Runs tsup in a thread of its own: it writes to the console when it fails, and keeps what it loaded for ever; here
 * both end with the thread. A failure ends the thread with an error that names each problem and its place.
 */

/** Dependencies of CommonJS form call `require` for Node's own modules, which an ES module does not have. */
const REQUIRE_SHIM = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`;

/** What esbuild rejects with: a problem and its place, relative to the server's folder. */
const Failure = z.object({
  errors: z.array(
    z.object({
      text: z.string(),
      location: z.object({ file: z.string(), line: z.int(), column: z.int() }).nullish(),
    }),
  ),
});

/** What of a blueprint says which parsers its server needs. */
const Formats = z.object({
  data: z.object({ sources: z.array(z.object({ format: z.string() })) }).optional(),
});

const KitPackage = z.object({ exports: z.record(z.string(), z.string()) });

function problemsOf(cause: unknown): string[] {
  const failure = Failure.safeParse(cause);
  if (!failure.success) return [cause instanceof Error ? cause.message : String(cause)];
  return failure.data.errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  );
}

/** Formats of data whose parsers are not small; a server has those that its blueprint names. */
const PARSERS = /\/data\/formats\/(xml|html|icalendar|ofx|qif|camt)\.ts$/;

/** Data formats that the blueprint of a server's folder reads; all of them where code may read files. */
function formatsOf(dir: string): ReadonlySet<string> | undefined {
  if (existsSync(join(dir, 'src', 'tools'))) return undefined;
  try {
    const parsed = Formats.safeParse(JSON.parse(readFileSync(join(dir, 'blueprint.json'), 'utf8')));
    return new Set(parsed.data?.data?.sources.map(({ format }) => format) ?? []);
  } catch {
    return undefined;
  }
}

/** Leaves parsers out that the server never asks for. */
const leaveOut = (formats: ReadonlySet<string>): Plugin => ({
  name: 'parsers',
  setup(builder) {
    builder.onLoad({ filter: PARSERS }, ({ path }) => {
      const format = PARSERS.exec(path.replaceAll('\\', '/'))?.[1] ?? '';
      // camt is read with the parser of XML.
      const isNeeded = formats.has(format) || (format === 'xml' && formats.has('camt'));
      return isNeeded ? undefined : { contents: 'export {};', loader: 'ts' };
    });
  },
});

/** Where each door of the kit leads: `@counterpart/kit/soap` to its file, as the kit's own package says. */
function kitAliases(kitSource: string): Record<string, string> {
  const root = dirname(kitSource);
  const { exports } = KitPackage.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return Object.fromEntries(
    Object.entries(exports).map(([door, file]) => [`@counterpart/kit${door.slice(1)}`, join(root, file)]),
  );
}

function plugins(dir: string): Plugin[] {
  const formats = formatsOf(dir);
  return formats === undefined ? [] : [leaveOut(formats)];
}

const bundle = ({ dir, outDir, kitSource, entry }: BundleOrder): Promise<void> =>
  build({
    entry: entry ? { [entry.name]: entry.file } : { server: join(dir, 'src', 'server.ts') },
    outDir,
    config: false,
    format: 'esm',
    outExtension: () => ({ js: '.js' }),
    target: 'node22',
    platform: 'node',
    minify: true,
    dts: false,
    splitting: false,
    clean: false,
    silent: true,
    noExternal: [/.*/],
    // Some of Node's modules, such as node:sqlite, have no name without it.
    removeNodeProtocol: false,
    esbuildPlugins: plugins(dir),
    tsconfig: fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url)),
    banner: { js: REQUIRE_SHIM },
    esbuildOptions(esbuild) {
      esbuild.absWorkingDir = dir;
      // A server outside this repository has no packages of its own: zod and the like are found here.
      esbuild.nodePaths = [fileURLToPath(new URL('../../../node_modules', import.meta.url))];
      esbuild.alias = kitAliases(kitSource);
      esbuild.legalComments = 'none';
      esbuild.logLevel = 'silent';
    },
  });

// The order was made in bundle.ts and crossed no border of trust.
await bundle(workerData as BundleOrder).catch((cause: unknown) => {
  throw new Error(problemsOf(cause).join('\n'), { cause });
});
