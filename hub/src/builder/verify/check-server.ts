import { join } from 'node:path';
import { requiredInputs } from '@counterpart/scaffolds/server/manifest';
import {
  hubError,
  isSameJson,
  type Blueprint,
  type BuildReport,
  type Manifest,
  type Operation,
  type ToolDefinition,
} from '@counterpart/schemas';
import { startCheckMirror, type CheckMirror } from './check-mirror.ts';
import { openSession, type StdioSession } from './stdio-session.ts';

export interface CheckOptions {
  readonly dir: string;
  readonly blueprint: Blueprint;
  readonly manifest: Manifest;
  /** What `tools/list` must answer. */
  readonly tools: readonly ToolDefinition[];
  readonly signal?: AbortSignal | undefined;
}

type CheckResult = NonNullable<BuildReport['check']>;

const REQUEST_TIMEOUT_MS = 30_000;

/** Tools whose input cannot be sampled or whose mirrored answer is an error; the next one is tried, this many. */
const MAX_CALLS = 5;

/** Runs the bundled program against the mirror of its service: handshake, equal tools, one call. */
export async function checkServer(options: CheckOptions): Promise<CheckResult> {
  const { blueprint, manifest, tools } = options;
  const mirror = await startCheckMirror(blueprint);
  try {
    const session = await openSession({
      file: join(options.dir, manifest.entry),
      env: checkEnvironment(manifest, mirror.url),
      signal: options.signal,
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    try {
      assertSameTools(manifest.id, tools, await session.listTools());
      return { toolsListed: tools.length, ...(await callOne(session, mirror, options)) };
    } finally {
      await session.close();
    }
  } finally {
    await mirror.close();
  }
}

/** What the program lists, started with nothing that it could reach. */
export async function listServerTools(
  dir: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<ToolDefinition[]> {
  const env = checkEnvironment(manifest, 'http://127.0.0.1:9');
  const session = await openSession({
    file: join(dir, manifest.entry),
    env,
    signal,
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  try {
    return await session.listTools();
  } finally {
    await session.close();
  }
}

/** Every declared secret gets a value of no worth, every address leads to `baseUrl`: of HTTP, or of an SQLite file. */
export function checkEnvironment(manifest: Manifest, baseUrl: string): Record<string, string> {
  const isFile = baseUrl.startsWith('sqlite:');
  const config = manifest.config.flatMap((slot): [string, string][] => {
    if (isFile && slot.name.endsWith('_DATABASE_URL')) return [[slot.name, baseUrl]];
    if (isFile && slot.name.endsWith('_BASE_URL')) return [];
    if (slot.name.endsWith('_BASE_URL')) return [[slot.name, baseUrl]];
    return slot.required ? [[slot.name, slot.default ?? slot.enum?.[0] ?? 'check']] : [];
  });
  const secrets = manifest.secrets.map((slot): [string, string] => [
    slot.name,
    isFile && slot.name.endsWith('_DATABASE_URL') ? baseUrl : 'not-a-secret',
  ]);
  return Object.fromEntries([...config, ...secrets]);
}

/** Throws SERVER_MISMATCH when a server lists other tools than it should. */
export function assertSameTools(
  server: string,
  expected: readonly ToolDefinition[],
  listed: readonly ToolDefinition[],
): void {
  const byName = new Map(listed.map((tool) => [tool.name, tool]));
  const differing = expected
    .filter((tool) => !isSameJson(byName.get(tool.name), tool))
    .map((tool) => tool.name);
  if (differing.length === 0 && listed.length === expected.length) return;
  const shown = differing.slice(0, 5).join(', ');
  const detail = `${listed.length} listed, ${expected.length} expected, ${differing.length} differ${shown === '' ? '' : ` (${shown})`}`;
  throw hubError('SERVER_MISMATCH', { server, detail });
}

async function callOne(
  session: StdioSession,
  mirror: CheckMirror,
  options: CheckOptions,
): Promise<Omit<CheckResult, 'toolsListed'>> {
  let failure: Omit<CheckResult, 'toolsListed'> = { callOutcome: 'skipped' };
  for (const operation of orderCandidates(options).slice(0, MAX_CALLS)) {
    const outcome = await callOperation(session, mirror, operation);
    if (outcome.callOutcome === 'ok') return outcome;
    failure = outcome;
  }
  return failure;
}

async function callOperation(
  session: StdioSession,
  mirror: CheckMirror,
  operation: Operation,
): Promise<Omit<CheckResult, 'toolsListed'>> {
  const called = operation.name;
  try {
    const answer = await session.callTool(called, await mirror.sample(operation));
    return answer.isError
      ? { called, callOutcome: 'error', detail: answer.text }
      : { called, callOutcome: 'ok' };
  } catch (error) {
    return { called, callOutcome: 'error', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Compiled tools, reading ones first and of those the ones that need least; the mirror makes any of them harmless. */
function orderCandidates({ blueprint, tools }: CheckOptions): readonly Operation[] {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const cost = (operation: Operation): number => {
    const definition = byName.get(operation.name);
    const needs = definition === undefined ? 0 : requiredInputs(definition).length;
    return (operation.effect === 'read' ? 0 : 1_000) + needs;
  };
  return [...blueprint.operations].sort((a, b) => cost(a) - cost(b));
}
