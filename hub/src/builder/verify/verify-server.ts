import { join } from 'node:path';
import {
  effectOf,
  hubError,
  Manifest,
  ToolDefinition,
  type CallOutcome,
  type Effect,
  type JsonObject,
  type Operation,
  type VerifyReport,
} from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import { startCheckMirror, type CheckMirror } from './check-mirror.ts';
import { assertSameTools, checkEnvironment } from './check-server.ts';
import { ensureBundle } from '../ensure-bundle.ts';
import { readJson } from '../installed.ts';
import { openSession, type Era, type StdioSession } from './stdio-session.ts';

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { done: number; total: number; era: Era }) => void) | undefined;
}

/** A server's folder as data. */
interface Folder {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly blueprint: Blueprint | undefined;
  readonly tools: readonly ToolDefinition[];
}

const REQUEST_TIMEOUT_MS = 30_000;
const LONGEST_DETAIL = 400;

/**
 * Runs the program of a server's folder against the mirror of its service and calls every tool, in both eras of MCP: equal
 * tools, valid requests, answers in the promised form, annotations true to what was done. Nothing but the mirror is reached, and nothing is written but the
 * bundle where it was stale. Throws MANIFEST_INVALID, SERVER_MISMATCH and what keeps a server from starting.
 */
export async function verifyServer(dir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const startedAt = performance.now();
  const folder = await readFolder(dir);
  await ensureBundle(dir, options.signal);
  const modern = await callAll(folder, 'modern', options);
  const legacy = await callAll(folder, 'legacy', options);
  const operations = new Map((folder.blueprint?.operations ?? []).map((one) => [one.name, one] as const));
  const tools = Object.keys(folder.manifest.tools).map((tool) => {
    const operation = operations.get(tool);
    return {
      tool,
      ...(operation === undefined ? {} : { operation: `${operation.http.method} ${operation.http.path}` }),
      modern: modern.get(tool) ?? NOT_DESCRIBED,
      legacy: legacy.get(tool) ?? NOT_DESCRIBED,
    };
  });
  const counted = (outcome: CallOutcome['outcome']): number =>
    tools.filter((one) => worstOf(one.modern, one.legacy) === outcome).length;
  const failed = counted('failed');
  return {
    id: folder.manifest.id,
    version: folder.manifest.version,
    directory: dir,
    passed: failed === 0,
    counts: { tools: tools.length, ok: counted('ok'), failed, skipped: counted('skipped') },
    tools,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

const NOT_DESCRIBED: CallOutcome = {
  outcome: 'skipped',
  detail: 'no operation of the blueprint describes it',
};

function worstOf(...outcomes: readonly CallOutcome[]): CallOutcome['outcome'] {
  const all = outcomes.map(({ outcome }) => outcome);
  return all.includes('failed') ? 'failed' : all.includes('skipped') ? 'skipped' : 'ok';
}

async function readFolder(dir: string): Promise<Folder> {
  const file = join(dir, 'manifest.json');
  const manifest = Manifest.safeParse(await readJson(file));
  if (!manifest.success)
    throw hubError('MANIFEST_INVALID', { file, issues: z.prettifyError(manifest.error) });
  const tools = z.array(ToolDefinition).parse(await readJson(join(dir, 'tools.json')));
  const path = manifest.data.blueprint?.path;
  const blueprint = path === undefined ? undefined : Blueprint.parse(await readJson(join(dir, path)));
  return { dir, manifest: manifest.data, blueprint, tools };
}

/** Every operation of the blueprint called once, by the name of its tool. */
async function callAll(
  { dir, manifest, blueprint, tools }: Folder,
  era: Era,
  { signal, onProgress }: VerifyOptions,
): Promise<ReadonlyMap<string, CallOutcome>> {
  if (blueprint === undefined) return new Map();
  const mirror = await startCheckMirror(blueprint);
  try {
    const env = checkEnvironment(manifest, mirror.url);
    const file = join(dir, manifest.entry);
    const session = await openSession({ file, env, signal, timeoutMs: REQUEST_TIMEOUT_MS, era });
    try {
      assertSameTools(manifest.id, tools, await session.listTools());
      const outcomes = new Map<string, CallOutcome>();
      const effects = new Map(tools.map((tool) => [tool.name, effectOf(tool)] as const));
      for (const operation of blueprint.operations) {
        signal?.throwIfAborted();
        // Each call finds the service as it was: what one removes, the next may ask for.
        mirror.reset();
        const effect = effects.get(operation.name) ?? operation.effect;
        outcomes.set(operation.name, await callOne(session, mirror, operation, effect));
        onProgress?.({ done: outcomes.size, total: blueprint.operations.length, era });
      }
      return outcomes;
    } finally {
      await session.close();
    }
  } finally {
    await mirror.close();
  }
}

async function sampled(mirror: CheckMirror, operation: Operation): Promise<JsonObject | CallOutcome> {
  try {
    return await mirror.sample(operation);
  } catch (error) {
    return { outcome: 'skipped', detail: `no arguments can be made up: ${wordsOf(error)}` };
  }
}

const isOutcome = (value: object): value is CallOutcome =>
  'outcome' in value && value.outcome === 'skipped' && Object.keys(value).length === 2;

async function callOne(
  session: StdioSession,
  mirror: CheckMirror,
  operation: Operation,
  effect: Effect,
): Promise<CallOutcome> {
  const input = await sampled(mirror, operation);
  if (isOutcome(input)) return input;
  try {
    const answer = await session.callTool(operation.name, input);
    if (answer.isError) return { outcome: 'failed', detail: answer.text.slice(0, LONGEST_DETAIL) };
    const stray = mirror.strayOf(effect);
    const detail =
      answer.drift.length > 0
        ? `the answer strays: ${answer.drift.join('; ')}`
        : (stray ?? unheard(answer.structured));
    return detail === undefined
      ? { outcome: 'ok' }
      : { outcome: 'failed', detail: detail.slice(0, LONGEST_DETAIL) };
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    return { outcome: 'failed', detail: wordsOf(error).slice(0, LONGEST_DETAIL) };
  }
}

/** Every stream of the mirror begins with an event: a tool that answers with none did not listen. */
const unheard = (answer: unknown): string | undefined =>
  Heard.safeParse(answer).success ? 'the mirror sent an event, and the tool heard none' : undefined;

const Heard = z.object({ events: z.tuple([]), ended: z.enum(['seconds', 'complete']) });

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
