import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { JsonObject, ToolDefinition } from '@counterpart/schemas';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { runServer, type Running } from '../built-subject.ts';
import { parseTree } from '../operation-places.ts';
import { attempt, chunksOf, judge, judgedOf, type Judged, type Refusal } from '../referee-calls.ts';
import { openCounter, type Counter } from '../referee/counter.ts';
import { startReferee } from '../referee/prism.ts';
import { withoutAnswerSchemas } from '../referee/requests-only.ts';
import { sliceDescription, type OperationPlace } from '../referee/slice.ts';
import { isTree, METHODS, type Tree } from '../referee/tree.ts';
import { sampleArguments } from '../sample-arguments.ts';
import { qualityOf, type Quality } from '../tools/tool-quality.ts';
import type { Generator } from './generators.ts';
import { matchPlace } from './match-place.ts';

/** What a generator made of one description. */
export interface GeneratorRow {
  readonly generator: string;
  readonly file: string;
  readonly quality: Quality;
  readonly list: { readonly ms: number; readonly peakMb: number; readonly bytes: number };
  readonly judged: Judged | undefined;
}

/** No server came of a description. */
export interface GeneratorFailure {
  readonly generator: string;
  readonly file: string;
  readonly why: string;
}

const LONGEST_LIST_MS = 60_000;

/** Has a generator make a server, lists its tools and has its calls judged as ours are. Never rejects. */
export async function measureGenerator(
  file: string,
  { generator, modules }: { readonly generator: Generator; readonly modules: string },
  { calls }: { readonly calls: number | undefined },
): Promise<GeneratorRow | GeneratorFailure> {
  const folder = await mkdtemp(join(tmpdir(), 'generator-'));
  const named = { generator: generator.name, file: basename(file) };
  try {
    await using counter = await openCounter();
    const program = await generator.prepare({ file, folder, url: counter.url }, modules);
    await using running = await withLimit(runServer(program));
    const { faults: _, ...quality } = qualityOf(running.tools);
    return {
      ...named,
      quality,
      list: { ms: running.listMs, peakMb: running.peakMb, bytes: running.listBytes },
      judged: calls === 0 ? undefined : await judgeListed(parseTree(file), { running, counter, calls }),
    };
  } catch (error) {
    return { ...named, why: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withLimit(starting: Promise<Running>): Promise<Running> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(
      () => reject(new Error(`no list within ${LONGEST_LIST_MS / 1_000} s`)),
      LONGEST_LIST_MS,
    ).unref();
  });
  // A server that comes after all is not left running.
  void starting.then((running) => late.catch(() => running[Symbol.asyncDispose]())).catch(() => undefined);
  return Promise.race([starting, late]);
}

interface Subject {
  readonly running: Running;
  readonly counter: Counter;
  readonly calls: number | undefined;
}

/**
 * Which operation a tool stands for, only its request says: each is called once against a service that takes everything, then
 * judged. Credentials are not asked for, so that none have to be guessed.
 */
async function judgeListed(root: Tree, { running, counter, calls }: Subject): Promise<Judged> {
  const ranked = running.tools.toSorted((a, b) => (hashJson(a.name) < hashJson(b.name) ? -1 : 1));
  const chosen = ranked.slice(0, calls ?? ranked.length);
  const refusals: Refusal[] = [];
  const unjudged: string[] = [];
  const placed: { readonly tool: ToolDefinition; readonly place: OperationPlace }[] = [];
  await using yes = await openYes();
  counter.judge(yes.url);
  for (const tool of chosen) {
    const found = await placeOfTool(root, tool, { running, counter });
    if (typeof found === 'string')
      refusals.push(...[false, true].map((optional) => refusalOf(tool, optional, found)));
    else placed.push({ tool, place: found });
  }
  const open = withoutSecurity(withoutAnswerSchemas(root));
  for (const chunk of chunksOf(placed, ({ place }) => place)) {
    const places = chunk.map(({ place }) => place);
    try {
      await using referee = await startReferee(sliceDescription(open, places));
      counter.judge(referee.url);
      const trials = chunk.flatMap(({ tool }) => [false, true].map((optional) => ({ tool, optional })));
      for (const { tool, optional } of trials)
        refusals.push(...(await judge({ tool, name: tool.name, optional }, running, counter)));
    } catch (error) {
      unjudged.push(`${chunk.length} operations: ${error instanceof Error ? error.message : String(error)}`);
      refusals.push(
        ...chunk.flatMap(({ tool }) =>
          [false, true].map((optional) => refusalOf(tool, optional, 'unjudged')),
        ),
      );
    }
  }
  const total = chosen.length * 2;
  return judgedOf(total, refusals, unjudged);
}

const refusalOf = ({ name }: ToolDefinition, optional: boolean, why: string): Refusal => ({
  tool: name,
  optional,
  why,
  input: undefined,
});

/** The operation that a tool's request belongs to, or why there is none. */
async function placeOfTool(
  root: Tree,
  tool: ToolDefinition,
  { running, counter }: Pick<Subject, 'running' | 'counter'>,
): Promise<OperationPlace | string> {
  const input = sampleArguments(tool.inputSchema as JsonObject, { salt: tool.name, optional: false });
  if (input === undefined) return 'no valid arguments were found';
  counter.take();
  const called = await attempt(running, tool.name, input);
  const last = counter.take().at(-1);
  if (last === undefined) return `no request: ${called.text}`;
  return matchPlace(root, last.method, last.target) ?? `no operation takes ${last.method} ${last.target}`;
}

function withoutSecurity(root: Tree): Tree {
  const { security: _, ...rest } = root;
  const paths = Object.entries(isTree(root['paths']) ? root['paths'] : {}).map(
    ([path, item]): [string, unknown] => {
      const members = Object.entries(isTree(item) ? item : {}).map(([key, value]): [string, unknown] => {
        if (!METHODS.has(key.toLowerCase()) || !isTree(value)) return [key, value];
        const { security: __, ...operation } = value;
        return [key, operation];
      });
      return [path, Object.fromEntries(members)];
    },
  );
  return { ...rest, paths: Object.fromEntries(paths) };
}

/** A service that takes everything and says nothing. */
async function openYes(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
