import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { toJsonText, toLinesText } from '@counterpart/scaffolds/server/write';
import { effectOf, hubError, type RoundReport, type ToolDefinition } from '@counterpart/schemas';
import { readInstalled } from '../../builder/installed.ts';
import { nextVersion } from '../../builder/next-version.ts';
import { readManifest } from '../../builder/packages/record-tools.ts';
import { readTestsReport, testsJob } from '../../builder/packages/sandboxed-tests.ts';
import type { Sandbox, SandboxEnd } from '../../kernel/ports.ts';
import { askTools } from './ask-tools.ts';
import { runInside } from './run-inside.ts';

/** What ended tests that did not come to an end of their own. */
const ENDS: Readonly<Record<Exclude<SandboxEnd['outcome'], 'exited'>, string>> = {
  killed: 'the tests were ended by a signal',
  'timed-out': 'the tests had not ended after two minutes: is there an endless loop?',
  'out-of-memory': 'the tests took more than 1 GiB of memory',
  stopped: 'the tests were stopped',
};

/** Records in a candidate what its program lists, asked inside the walls: for code that nobody has approved. */
export async function recordCandidate(
  candidate: string,
  { sandbox, serversDir }: { readonly sandbox: Sandbox; readonly serversDir: string },
  signal: AbortSignal,
): Promise<readonly ToolDefinition[]> {
  const manifest = await readManifest(candidate);
  const tools = await askTools(sandbox, { candidate, manifest }, signal);
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

/** Runs the tests of a candidate inside the walls. What ends them early is a failure of theirs, told as one. */
export async function testCandidate(
  candidate: string,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<NonNullable<RoundReport['tests']>> {
  const output = await runInside(sandbox, await testsJob(candidate), signal);
  if (output.end.outcome !== 'exited') {
    const failure = { file: '.', test: '(all)', message: ENDS[output.end.outcome] };
    return { passed: 0, failures: [failure], sandbox: sandbox.description };
  }
  const { passed, failures } = readTestsReport(candidate, output.stdout, output.stderr);
  return { passed, failures: [...failures], sandbox: sandbox.description };
}
