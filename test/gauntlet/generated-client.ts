import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Json, JsonObject, Operation } from '@counterpart/schemas';
import { isTree, type Tree } from './referee/tree.ts';

const PROGRAM = fileURLToPath(new URL('referee/generate-client.mjs', import.meta.url));

/** Ignored by git; not below node_modules, where Node runs no TypeScript. */
const PARENT = fileURLToPath(new URL('../../scratch/', import.meta.url));

/** Whether `npm run gauntlet:referee` was run. */
export const hasGenerator = existsSync(new URL('referee/node_modules/@hey-api/openapi-ts', import.meta.url));

/** What the generated client got for a call. */
export interface Got {
  readonly status: number;
  readonly text: string;
}

/** A client that another project generated from a description, its functions found by what they call. */
export interface GeneratedClient extends AsyncDisposable {
  /** `METHOD /path` of every function. */
  readonly operations: ReadonlySet<string>;
  call(operation: Operation, input: JsonObject): Promise<Got>;
}

/** The shape of a generated function, as far as it is used here. */
type Call = (options: Record<string, unknown>) => unknown;

/** Generates a client for the description and points it at `baseUrl`. Rejects with what the generator printed. */
export async function generateClient(description: Tree, baseUrl: string): Promise<GeneratedClient> {
  await mkdir(PARENT, { recursive: true });
  const folder = await mkdtemp(join(PARENT, 'generated-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const input = join(folder, 'description.json');
    await writeFile(input, JSON.stringify(description));
    await generate(input, join(folder, 'client'));
    const sdk = (await load(join(folder, 'client/sdk.gen.ts'))) as Record<string, Call>;
    const { createClient, createConfig } = (await load(join(folder, 'client/client/index.ts'))) as Factory;
    const client = createClient(createConfig({ baseUrl, auth: () => 'not-a-secret', parseAs: 'text' }));
    const byOperation = await findFunctions(Object.values(sdk));
    return {
      operations: new Set(byOperation.keys()),
      async call(operation, input) {
        const run = byOperation.get(`${operation.http.method} ${operation.http.path}`);
        if (run === undefined)
          throw new Error(`nothing calls ${operation.http.method} ${operation.http.path}`);
        const answer = await run({ client, ...optionsOf(operation, input) });
        return toGot(answer);
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Factory {
  readonly createClient: (config: unknown) => unknown;
  readonly createConfig: (config: Record<string, unknown>) => unknown;
}

const load = async (file: string): Promise<unknown> => import(pathToFileURL(file).href);

async function generate(input: string, folder: string): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, input, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`no client was generated: ${(complaint || out).slice(-2_000)}`);
}

/** Every function is called once with a client that only notes what it was asked for. */
async function findFunctions(functions: readonly Call[]): Promise<Map<string, Call>> {
  const found = new Map<string, Call>();
  for (const run of functions) {
    const client = new Proxy(
      {},
      {
        get: (_, method) => (options: { url?: string }) => {
          found.set(`${String(method).toUpperCase()} ${options.url ?? ''}`, run);
        },
      },
    );
    await run({ client, path: {}, query: {}, headers: {}, body: {} });
  }
  return found;
}

/** A tool's arguments in the form such clients take: by place and wire name, files as blobs. */
function optionsOf({ http }: Operation, input: JsonObject): Record<string, unknown> {
  const places: Record<string, Record<string, Json>> = { path: {}, query: {}, header: {}, cookie: {} };
  for (const { key, name, in: place, required, default: constant } of http.parameters) {
    // What a server of ours adds by itself its caller has to give here.
    const value = input[key] ?? (required ? constant : undefined);
    if (value !== undefined) (places[place] ??= {})[name] = value;
  }
  const { path, query, header: headers } = places;
  const { body } = input;
  return { path, query, headers, ...(body === undefined ? {} : { body: toBody(body) }) };
}

function toBody(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toBody);
  if (!isTree(value)) return value;
  const { base64, text: content, mediaType } = value;
  const known = ['base64', 'text', 'filename', 'mediaType'];
  if (
    (typeof base64 === 'string' || typeof content === 'string') &&
    Object.keys(value).every((key) => known.includes(key))
  ) {
    const bytes =
      typeof base64 === 'string'
        ? Buffer.from(base64, 'base64')
        : Buffer.from(typeof content === 'string' ? content : '');
    return new Blob([bytes], typeof mediaType === 'string' ? { type: mediaType } : {});
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toBody(inner)]));
}

function toGot(answer: unknown): Got {
  const { response, data, error } = answer as { response?: Response; data?: unknown; error?: unknown };
  const said = data ?? error;
  return {
    status: response?.status ?? 0,
    text:
      typeof said === 'string' ? said : said instanceof Error ? said.message : (JSON.stringify(said) ?? ''),
  };
}
