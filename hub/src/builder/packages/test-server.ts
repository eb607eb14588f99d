import { hubError } from '@counterpart/schemas';
import { validateServer, type ServerProblem } from '../verify/validate.ts';
import { readManifest, recordTools, type ToolsChange } from './record-tools.ts';
import { runTests, type TestsReport } from './run-tests.ts';

export interface TestOptions {
  /** Difference between program and manifest is a failure also where the owner writes the manifest. */
  readonly frozen: boolean;
  /** Run the package's own tests. */
  readonly tests: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What a package's test came to. */
export interface TestReport {
  readonly id: string;
  readonly directory: string;
  readonly passed: boolean;
  /** Tools that the program lists otherwise than the manifest did. */
  readonly tools: ToolsChange;
  /** True when the manifest was brought up to date with them. */
  readonly recorded: boolean;
  readonly problems: readonly ServerProblem[];
  /** Absent when they were not asked for. */
  readonly tests?: TestsReport;
}

/**
 * Bundles a package, starts it, holds what it lists against its manifest, checks it against the rules and runs its tests. Of a
 * hand-written package the manifest follows the program; of a built one both are made by `hub build`.
 */
export async function testServer(dir: string, { frozen, tests, signal }: TestOptions): Promise<TestReport> {
  const { id, scaffold } = await readManifest(dir);
  const write = scaffold === 'hand' && !frozen;
  const change = await recordTools(dir, { write, signal });
  const isChanged = [change.added, change.changed, change.removed].some((names) => names.length > 0);
  const problems = await validateServer(dir);
  const report = tests ? await runTests(dir, signal) : undefined;
  const agrees = write || !isChanged;
  return {
    id,
    directory: dir,
    passed: agrees && problems.length === 0 && (report?.failures.length ?? 0) === 0,
    tools: change,
    recorded: write && isChanged,
    problems,
    ...(report === undefined ? {} : { tests: report }),
  };
}

/** Throws PACK_REFUSED for a package whose program and manifest differ, or that breaks a rule. */
export async function assertFit(dir: string, signal?: AbortSignal): Promise<void> {
  const { tools, problems, id } = await testServer(dir, { frozen: true, tests: false, signal });
  const different = [...tools.added, ...tools.changed, ...tools.removed];
  const found = [
    ...(different.length > 0
      ? [`its program lists other tools than its manifest (${different.join(', ')})`]
      : []),
    ...problems.map(({ file, problem }) => `${file}: ${problem}`),
  ];
  if (found.length > 0) throw hubError('PACK_REFUSED', { server: id, detail: found.join('; ') });
}
