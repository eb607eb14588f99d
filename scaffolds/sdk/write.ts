import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError, type Blueprint } from '@counterpart/schemas';
import { styleOf } from '@counterpart/schemas/blueprint/blueprint';
import { runBundler } from '../server/bundle/run-bundler.ts';
import { toOpenApi } from './openapi.ts';
import { servicePage } from './page.ts';
import { pythonClient } from './python.ts';
import { RUNTIME_DECLARATIONS, typescriptSource } from './typescript.ts';

/** What can be made of a blueprint beside its server and its mirror. */
const SDK_KINDS = ['typescript', 'python', 'openapi', 'docs'] as const;
export type SdkKind = (typeof SDK_KINDS)[number];

/** What was written, relative to the folder. */
export interface WrittenSdk {
  readonly kind: SdkKind;
  readonly directory: string;
  readonly files: readonly string[];
  /** Operations that this kind cannot have. */
  readonly leftOut: readonly string[];
}

const kitSource = fileURLToPath(new URL('../kit/src', import.meta.url));

type Content = string | Buffer;

/** Files of one kind by relative path. */
async function filesOf(
  blueprint: Blueprint,
  kind: SdkKind,
  signal: AbortSignal | undefined,
): Promise<{ readonly files: ReadonlyMap<string, Content>; readonly leftOut: readonly string[] }> {
  switch (kind) {
    case 'typescript': {
      const { called, leftOut } = withoutQueries(blueprint);
      return { files: await typescriptFiles(called, signal), leftOut };
    }
    case 'python': {
      const client = pythonClient(blueprint);
      if (client.leftOut.length === blueprint.operations.length)
        throw hubError('INPUT_INVALID', {
          subject: 'the language',
          detail: 'a service of this style has no Python client; take --lang typescript',
        });
      return client;
    }
    case 'openapi': {
      const { called, leftOut } = withoutMessages(withoutQueries(blueprint));
      return { files: new Map([['openapi.json', json(toOpenApi(called))]]), leftOut };
    }
    case 'docs':
      return { files: new Map([['index.html', servicePage(blueprint)]]), leftOut: [] };
  }
}

interface Called {
  readonly called: Blueprint;
  readonly leftOut: readonly string[];
}

/**
 * Queries over the rows of a file are answered by its server, not by the place the file comes from. Throws INPUT_INVALID
 * when there is nothing else.
 */
function withoutQueries(blueprint: Blueprint): Called {
  const operations = blueprint.operations.filter(({ data }) => data === undefined);
  if (operations.length === 0)
    throw hubError('INPUT_INVALID', {
      subject: 'the source',
      detail:
        'a data file is no service to be called; its server answers queries, and `--lang docs` describes them',
    });
  const leftOut = blueprint.operations.flatMap(({ name, data }) => (data === undefined ? [] : [name]));
  return { called: { ...blueprint, operations }, leftOut };
}

/**
 * Calls that travel inside messages of another protocol have no place in an OpenAPI document. Throws INPUT_INVALID when
 * there is nothing else.
 */
function withoutMessages({ called, leftOut }: Called): Called {
  const operations = called.operations.filter((operation) =>
    ['http', 'graphql'].includes(styleOf(operation)),
  );
  if (operations.length === 0)
    throw hubError('INPUT_INVALID', {
      subject: 'the source',
      detail: 'its calls are messages of another protocol, which OpenAPI cannot tell; take --lang typescript',
    });
  const others = called.operations.filter((operation) => !operations.includes(operation));
  return { called: { ...called, operations }, leftOut: [...leftOut, ...others.map(({ name }) => name)] };
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

async function typescriptFiles(
  blueprint: Blueprint,
  signal: AbortSignal | undefined,
): Promise<Map<string, Content>> {
  const project = {
    name: `${blueprint.id}-client`,
    version: '1.0.0',
    private: true,
    type: 'module',
    exports: { '.': './index.ts' },
    engines: { node: '>=22.18' },
  };
  return new Map<string, Content>([
    ['package.json', json(project)],
    ['index.ts', typescriptSource(blueprint)],
    ['runtime.js', await bundleRuntime(signal)],
    ['runtime.d.ts', RUNTIME_DECLARATIONS],
    ['blueprint.json', `${JSON.stringify(blueprint)}\n`],
  ]);
}

/** The kit's client in one file without dependencies. */
async function bundleRuntime(signal: AbortSignal | undefined): Promise<Buffer> {
  const outDir = await mkdtemp(join(tmpdir(), 'sdk-'));
  try {
    const entry = { file: join(kitSource, 'client.ts'), name: 'runtime' };
    await runBundler({ dir: kitSource, outDir, kitSource, entry }, signal);
    return await readFile(join(outDir, 'runtime.js'));
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/**
 * Writes one kind into `directory`, each file by rename, others there left alone. Rejects with INPUT_INVALID for a
 * kind the blueprint cannot have, and with what the system says where it cannot be written.
 */
export async function writeSdk(
  blueprint: Blueprint,
  options: { readonly kind: SdkKind; readonly directory: string; readonly signal?: AbortSignal | undefined },
): Promise<WrittenSdk> {
  const directory = resolve(options.directory);
  const { files, leftOut } = await filesOf(blueprint, options.kind, options.signal);
  for (const [name, content] of files) {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.part`, content);
    await rename(`${file}.part`, file);
  }
  return { kind: options.kind, directory, files: [...files.keys()], leftOut };
}
