import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { toJsonText, toLinesText } from '@counterpart/scaffolds/server/write';
import {
  effectOf,
  hubError,
  type Diagnostic,
  type RoundReport,
  type ToolDefinition,
} from '@counterpart/schemas';
import { readInstalled } from '../../builder/installed.ts';
import { nextVersion } from '../../builder/next-version.ts';
import { readManifest } from '../../builder/packages/record-tools.ts';
import { readTestsReport, testsJob } from '../../builder/packages/sandboxed-tests.ts';
import type { Sandbox, SandboxEnd } from '../../kernel/ports.ts';
import { askTools } from './ask-tools.ts';
import { checkCoverage, percentOf } from './check/check-coverage.ts';
import { runInside } from './run/run-inside.ts';

const METER = fileURLToPath(new URL('../../checks/measure/meter.ts', import.meta.url));

/** What ended tests that did not come to an end of their own. */
const ENDS: Readonly<Record<Exclude<SandboxEnd['outcome'], 'exited'>, (limits: TestLimits) => string>> = {
  killed: () => 'the tests were ended by a signal',
  'timed-out': ({ testSeconds }) =>
    `the tests had not ended after ${testSeconds} seconds: is there an endless loop?`,
  'out-of-memory': () => 'the tests took more than 1 GiB of memory',
  stopped: () => 'the tests were stopped',
};

/** Records in a candidate what its program lists, asked inside the walls: for code that nobody has approved. */
export async function recordCandidate(
  candidate: string,
  {
    sandbox,
    serversDir,
    limits,
  }: { readonly sandbox: Sandbox; readonly serversDir: string; readonly limits: TestLimits },
  signal: AbortSignal,
): Promise<readonly ToolDefinition[]> {
  const manifest = await readManifest(candidate);
  const tools = await askTools(sandbox, { candidate, manifest, timeMs: limits.testSeconds * 1_000 }, signal);
  if (tools.length === 0)
    throw hubError('SERVER_MISMATCH', { server: manifest.id, detail: 'it lists no tool' });
  const previous = await readInstalled(join(serversDir, manifest.id), manifest.id).catch(() => undefined);
  const version =
    previous === undefined ? manifest.version : nextVersion(previous, { blueprintHash: '', tools });
  const entries = tools.map((tool) => [tool.name, { hash: hashJson(tool), effect: effectOf(tool) }] as const);
  const recorded = { ...manifest, version, tools: Object.fromEntries(entries) };
  await writeFile(join(candidate, 'manifest.json'), toJsonText(recorded));
  await writeFile(join(candidate, 'tools.json'), toLinesText(tools));
  return tools;
}

export interface TestedCandidate {
  readonly tests: NonNullable<RoundReport['tests']>;
  /** What they did not run and should have. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface TestLimits {
  /** Least share of statements that tests run, in percent. */
  readonly coverage: number;
  readonly testSeconds: number;
}

const ranIn = ({ kind, description }: Sandbox) => ({
  sandbox: description,
  ...(kind === 'none' ? { unsafeLocal: true as const } : {}),
});

/** Runs the tests of a candidate inside the walls. What ends them early is a failure of theirs, told as one. */
export async function testCandidate(
  candidate: string,
  { sandbox, limits }: { readonly sandbox: Sandbox; readonly limits: TestLimits },
  signal: AbortSignal,
): Promise<TestedCandidate> {
  const timeMs = limits.testSeconds * 1_000;
  const output = await runInside(sandbox, await testsJob(candidate, { meter: METER, timeMs }), signal);
  if (output.end.outcome !== 'exited') {
    const message = ENDS[output.end.outcome](limits);
    const failures = [{ file: '.', test: '(all)', message }];
    return { tests: { passed: 0, failures, ...ranIn(sandbox) }, diagnostics: [] };
  }
  const { passed, failures, coverage } = readTestsReport(candidate, output.stdout, output.stderr);
  const tests = { passed, failures: [...failures], ...ranIn(sandbox) };
  if (coverage === undefined) return { tests, diagnostics: [] };
  return {
    tests: { ...tests, coverage: percentOf(coverage) },
    diagnostics: failures.length > 0 ? [] : checkCoverage(coverage, limits.coverage),
  };
}
