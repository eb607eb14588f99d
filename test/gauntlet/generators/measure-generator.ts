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
import type { Installed } from './generators.ts';
import { matchPlace } from './match-place.ts';

/** What a generator made of one description. */
export interface GeneratorRow {
  readonly generator: string;
  readonly file: string;
  readonly quality: Quality;
  /** What was done before the server was started. */
  readonly build: { readonly seconds: number; readonly peakMb: number };
  readonly list: { readonly ms: number; readonly peakMb: number; readonly bytes: number };
  readonly judged: GeneratorCalls | undefined;
}

/** What became of its calls. */
export interface GeneratorCalls extends Judged {
  /** Tools that were not called, or not with all arguments: by choice, or because the time was over. */
  readonly uncalled: number;
}

/** No server came of a description. */
export interface GeneratorFailure {
  readonly generator: string;
  readonly file: string;
  readonly why: string;
}

const LONGEST_LIST_MS = 120_000;
/** Longest that one server is called for, in milliseconds: some wait a minute for the answer to each call. */
export const LONGEST_CALLS_MS = 600_000;

/** Has a generator make a server, lists its tools and has its calls judged as ours are. Never rejects. */
export async function measureGenerator(
  file: string,
  { generator, modules }: Installed,
  { calls }: { readonly calls: number | undefined },
): Promise<GeneratorRow | GeneratorFailure> {
  const folder = await mkdtemp(join(tmpdir(), 'generator-'));
  const named = { generator: generator.name, file: basename(file) };
  try {
    await using counter = await openCounter();
    const start = performance.now();
    const { program, peakMb } = await generator.prepare({ file, folder, url: counter.url }, modules);
    const build = { seconds: (performance.now() - start) / 1_000, peakMb };
    await using running = await withLimit(runServer(program, true));
    const { faults: _, ...quality } = qualityOf(running.tools);
    return {
      ...named,
      quality,
      build,
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
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`no list within ${LONGEST_LIST_MS / 1_000} s`));
    }, LONGEST_LIST_MS);
    starting.then((running) => {
      clearTimeout(timer);
      // A server that comes after all is not left running.
      if (isLate) void running[Symbol.asyncDispose]();
      else resolve(running);
    }, reject);
  });
}

interface Subject {
  readonly running: Running;
  readonly counter: Counter;
  readonly calls: number | undefined;
}

interface Placed {
  readonly tool: ToolDefinition;
  readonly place: OperationPlace;
}

/**
 * Which operation a tool stands for, only its request says: each is called once against a service that takes everything, then
 * judged. Credentials are not asked for, so that none have to be guessed.
 */
async function judgeListed(root: Tree, subject: Subject): Promise<GeneratorCalls> {
  const { running, counter, calls } = subject;
  const until = performance.now() + LONGEST_CALLS_MS;
  const ranked = running.tools.toSorted((a, b) => (hashJson(a.name) < hashJson(b.name) ? -1 : 1));
  const chosen = ranked.slice(0, calls ?? ranked.length);
  const { placed, refusals } = await placeTools(root, chosen, { ...subject, until });
  const unjudged: string[] = [];
  let tried = refusals.length;
  const open = withoutSecurity(withoutAnswerSchemas(root));
  for (const chunk of chunksOf(placed, ({ place }) => place)) {
    const places = chunk.map(({ place }) => place);
    try {
      await using referee = await startReferee(sliceDescription(open, places));
      counter.judge(referee.url);
      const trials = chunk.flatMap(({ tool }) => [false, true].map((optional) => ({ tool, optional })));
      tried += await judgeTrials(trials, { ...subject, until, refusals });
    } catch (error) {
      unjudged.push(`${chunk.length} operations: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    ...judgedOf(tried, refusals, unjudged),
    uncalled: unjudged.length > 0 ? 0 : Math.ceil(ranked.length - tried / 2),
  };
}

/** How many calls there was time for; those that were refused are added to the others. */
async function judgeTrials(
  trials: readonly { readonly tool: ToolDefinition; readonly optional: boolean }[],
  { running, counter, until, refusals }: Subject & { until: number; refusals: Refusal[] },
): Promise<number> {
  let tried = 0;
  for (const { tool, optional } of trials) {
    if (performance.now() > until) break;
    tried += 1;
    refusals.push(...(await judge({ tool, name: tool.name, optional }, running, counter)));
  }
  return tried;
}

/** The operation of each tool; a tool that asks for none is refused with required and with all arguments. */
async function placeTools(
  root: Tree,
  tools: readonly ToolDefinition[],
  { running, counter, until }: Subject & { readonly until: number },
): Promise<{ readonly placed: Placed[]; readonly refusals: Refusal[] }> {
  const placed: Placed[] = [];
  const refusals: Refusal[] = [];
  await using yes = await openYes();
  counter.judge(yes.url);
  for (const tool of tools) {
    if (performance.now() > until) break;
    const found = await placeOfTool(root, tool, { running, counter });
    if (typeof found !== 'string') placed.push({ tool, place: found });
    else
      for (const optional of [false, true])
        refusals.push({ tool: tool.name, optional, why: found, input: undefined });
  }
  return { placed, refusals };
}

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
