import { join } from 'node:path';
import {
  isSameJson,
  toCounterpartError,
  ToolDefinition,
  type Canary,
  type Effect,
  type LoopKind,
  type LoopOrder,
  type Manifest,
  type RoundReport,
} from '@counterpart/schemas';
import { z } from 'zod';
import { readBlueprint, readJson } from '../../../builder/installed.ts';
import { readManifest } from '../../../builder/packages/record-tools.ts';
import { safeCalls, type SafeCall } from '../../../builder/verify/safe-calls.ts';
import { openSessionWith, type StdioSession } from '../../../builder/verify/stdio-session.ts';
import type { LoopRun, ProbeAnswer } from '../../room.ts';
import { canarySentence, compareAnswers, faultsOf } from './compare-answers.ts';

const MOST_CALLS = 5;
const CALL_TIMEOUT_MS = 30_000;

/**
 * Which calls tell whether a new version may take the place of the one in use: those that were made last, then those that
 * need no argument or have declared ones; of tools that read, by the word of both versions. One for each tool. Pure.
 */
export function canaryCalls(
  tools: readonly ToolDefinition[],
  effects: { readonly now: EffectOf; readonly before: EffectOf },
  recent: readonly SafeCall[],
): SafeCall[] {
  const offered = new Set(tools.map(({ name }) => name));
  const reads = (tool: string): boolean =>
    offered.has(tool) && effects.now(tool) === 'read' && (effects.before(tool) ?? 'read') === 'read';
  const byTool = new Map<string, SafeCall>();
  for (const call of [...recent, ...safeCalls(tools, effects.now)])
    if (reads(call.tool) && !byTool.has(call.tool)) byTool.set(call.tool, call);
  return [...byTool.values()].slice(0, MOST_CALLS);
}

type EffectOf = (tool: string) => Effect | undefined;
const effectsIn =
  ({ tools }: Pick<Manifest, 'tools'>): EffectOf =>
  (tool) =>
    tools[tool]?.effect;

/** One sentence on a canary, for a person. */
export function tellCanary({ canary }: RoundReport): string {
  if (canary?.skipped !== undefined) return `not run: ${canary.skipped}`;
  return canary?.calls.map(canarySentence).join('; ') || 'no tool can be tried without arguments';
}

/** What a canary needs of a build. */
export interface CanaryRun {
  readonly signal: AbortSignal;
  readonly folder: Pick<LoopRun['folder'], 'candidate'>;
  readonly room: Pick<
    LoopRun['room'],
    'serversDir' | 'missingSettings' | 'recentCalls' | 'openBeside' | 'callTool'
  >;
  record(): Promise<{ readonly order: Pick<LoopOrder, 'seen'> }>;
}

interface Beside {
  readonly server: Manifest['id'];
  readonly kind: LoopKind;
}

/**
 * Holds a new version beside the one in use, before a person is asked: both get the same calls of the real service. The
 * round has failed where a tool answered before and fails now, and where nothing answers that was to be mended.
 */
export async function canaryRound(run: CanaryRun, beside: Beside, tested: RoundReport): Promise<RoundReport> {
  const canary = await runCanary(run, beside);
  const { seen } = (await run.record()).order;
  const faults = faultsOf(canary, { isToMend: seen !== undefined });
  if (faults.length === 0) return { ...tested, canary };
  const told = faults.map(canarySentence).join('; ');
  const problem = `The same calls of the real service were put to this version and to the one in use: ${told}.`;
  return { ...tested, canary, passed: false, problem };
}

interface Versions {
  readonly candidate: string;
  readonly inUse: string;
}

/** Why a candidate is not to be tried with what the version in use is given; undefined: it may. */
async function reasonAgainst(
  run: CanaryRun,
  server: Manifest['id'],
  { candidate, inUse }: Versions,
): Promise<string | undefined> {
  const missing = await run.room.missingSettings(server);
  if (missing.length > 0) return `${server} lacks ${missing.join(', ')}`;
  const [before, now] = await Promise.all([readBlueprint(inUse), readBlueprint(candidate)]);
  // Whoever drafted it could have credentials sent to a place of their own.
  return before !== undefined && now !== undefined && !isSameJson(before.auth, now.auth)
    ? 'it uses credentials in another way than the version in use'
    : undefined;
}

async function runCanary(run: CanaryRun, { server, kind }: Beside): Promise<Canary> {
  const versions = { candidate: run.folder.candidate, inUse: join(run.room.serversDir, server) };
  const reason = await reasonAgainst(run, server, versions);
  if (reason !== undefined) return { calls: [], skipped: reason };
  const [manifest, installed] = await Promise.all([
    readManifest(versions.candidate),
    readManifest(versions.inUse),
  ]);
  const tools = z.array(ToolDefinition).parse(await readJson(join(versions.candidate, 'tools.json')));
  const before = effectsIn(installed);
  const calls = canaryCalls(tools, { now: effectsIn(manifest), before }, run.room.recentCalls(server));
  if (calls.length === 0) return { calls: [] };
  const directory = versions.candidate;
  const program = await run.room.openBeside({ server, directory, manifest, onlyReads: kind === 'code' });
  if (typeof program === 'string') return { calls: [], skipped: program };
  try {
    const options = { file: server, signal: run.signal, timeoutMs: CALL_TIMEOUT_MS };
    const session = await openSessionWith(program, options);
    try {
      return { calls: await compareAll(run, { server, session, calls, before }) };
    } finally {
      await session.close();
    }
  } finally {
    await program.release();
  }
}

interface Comparing {
  readonly server: Manifest['id'];
  readonly session: StdioSession;
  readonly calls: readonly SafeCall[];
  readonly before: EffectOf;
}

async function compareAll(
  run: CanaryRun,
  { server, session, calls, before }: Comparing,
): Promise<Canary['calls']> {
  const results: Canary['calls'] = [];
  for (const { tool, input } of calls) {
    run.signal.throwIfAborted();
    const now = await ask(run, session, { tool, input });
    const old =
      before(tool) === undefined
        ? undefined
        : await run.room.callTool({ server, tool, input: { ...input } }, run.signal);
    const once = compareAnswers(tool, old, now);
    // A service may stumble once: a step back counts when it is seen twice.
    const isLost = once.before === 'answered' && once.now === 'failed';
    results.push(isLost ? compareAnswers(tool, old, await ask(run, session, { tool, input })) : once);
  }
  return results;
}

async function ask(run: CanaryRun, session: StdioSession, { tool, input }: SafeCall): Promise<ProbeAnswer> {
  try {
    const { isError, text } = await session.callTool(tool, input);
    return { isError, text };
  } catch (cause) {
    run.signal.throwIfAborted();
    return { isError: true, text: toCounterpartError(cause).message };
  }
}
