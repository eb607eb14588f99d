import { errorCatalogue, hubError, type Diagnostic } from '@counterpart/schemas';
import { z } from 'zod';
import type { TestsReport } from '../../../builder/packages/run-tests.ts';
import type { SandboxEnd } from '../../../kernel/ports.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { findServerFolder } from '../../server-folder.ts';

const REFUSED_EXIT = errorCatalogue.SERVER_MISMATCH.exit;

/** What is known of code that somebody else wrote. */
interface CheckReport {
  readonly directory: string;
  readonly passed: boolean;
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when they were not run: the code was refused, or nobody asked. */
  readonly tests?: TestsReport;
  /** What the tests ran in. */
  readonly sandbox?: string;
}

export const check = defineCommand({
  name: 'check',
  group: 'builds',
  summary: 'Judge code that somebody else wrote, without letting it out',
  description:
    'Reads all code of a server’s folder and names what may not stand there: modules beyond the kit and zod, the environment, files, processes, the network beside the kit, code made at run time, hidden text, instructions to a model. If nothing is refused, its tests run inside a sandbox: no network, nothing to write, no secret, bounded in time and memory. Nothing of the folder is run outside of it.',
  arguments: [['<server>', 'A server’s name, or a folder with one']],
  options: [
    ['--no-tests', 'Only read the code'],
    ['--engine <engine>', 'Sandbox to use: auto, docker or bubblewrap'],
  ],
  examples: [
    ['hub check ./from-a-friend', 'before anything of it is run'],
    ['hub check my-notes --no-tests --json', 'the findings, for a program'],
  ],
  input: z.object({
    server: z.string(),
    tests: z.boolean().default(true),
    engine: z.enum(['auto', 'docker', 'bubblewrap']).default('auto'),
  }),
  async run(context, { server, tests, engine }) {
    const { scanServer } = await import('../../../checks/scan-server.ts');
    const directory = findServerFolder(context, server);
    const { files, diagnostics } = await context.working(`reading ${server}`, () =>
      scanServer(directory, context.signal),
    );
    const refused = diagnostics.some(({ severity }) => severity === 'error');
    const inside = tests && !refused ? await testInside(context, directory, engine) : undefined;
    const failed = (inside?.tests.failures.length ?? 0) > 0;
    const report: CheckReport = { directory, passed: !refused && !failed, files, diagnostics, ...inside };
    context.result(report, () => render(report, context));
    return report.passed ? 0 : REFUSED_EXIT;
  },
});

async function testInside(
  context: Context,
  directory: string,
  engine: 'auto' | 'docker' | 'bubblewrap',
): Promise<Required<Pick<CheckReport, 'tests' | 'sandbox'>>> {
  const { openSandbox } = await import('../../../sandbox/sandbox.ts');
  const { runJob } = await import('../../../sandbox/run-job.ts');
  const { testsJob, readTestsReport } = await import('../../../builder/packages/sandboxed-tests.ts');
  const { bundleServer } = await import('@counterpart/scaffolds/server/bundle/bundle');
  const sandbox = await openSandbox(engine);
  const { signal } = context;
  const output = await context.working(`testing inside ${sandbox.kind}`, async () => {
    // Put into one file, which runs nothing of it; always anew, for one that came with it need not be of these sources.
    await bundleServer(directory, { signal });
    return await runJob(sandbox, await testsJob(directory), { signal });
  });
  if (output.end.outcome !== 'exited') {
    throw hubError('TESTS_UNAVAILABLE', { server: directory, detail: ENDS[output.end.outcome] });
  }
  const tests = readTestsReport(directory, output.stdout, output.stderr);
  return { tests, sandbox: sandbox.description };
}

const ENDS: Readonly<Record<Exclude<SandboxEnd['outcome'], 'exited'>, string>> = {
  killed: 'they were ended by a signal inside the sandbox',
  'timed-out': 'they had not ended after two minutes inside the sandbox',
  'out-of-memory': 'they took more than 1 GiB of memory inside the sandbox',
  stopped: 'they were stopped',
};

function render(report: CheckReport, { paint }: Context): string {
  const { diagnostics, tests, files, sandbox } = report;
  const mark = (good: boolean): string => (good ? paint.good('✓') : paint.bad('✗'));
  const findings = diagnostics.map(
    ({ file, line, column, rule, message, fix }) =>
      `    ${paint.code(`${file}:${line}:${column}`)} ${message} (${rule})\n      ${fix}`,
  );
  const read = diagnostics.length === 0 ? 'nothing refused' : count(diagnostics.length, 'finding');
  return [
    `${mark(diagnostics.length === 0)} ${count(files.length, 'file')} read, ${read}`,
    ...findings,
    ...(tests === undefined ? [] : testLines(tests, `inside ${sandbox ?? ''}`, mark)),
    `${mark(report.passed)} ${paint.strong(report.directory)} ${report.passed ? 'passes' : 'does not pass'}`,
  ].join('\n');
}

function testLines(tests: TestsReport, where: string, mark: (good: boolean) => string): string[] {
  const failed = tests.failures.length;
  const line = `${count(tests.passed, 'test')} passed${failed > 0 ? `, ${failed} failed` : ''}, ${where}`;
  return [
    `${mark(failed === 0)} ${line}`,
    ...tests.failures.map(({ file, test, message }) => `    ${file}: ${test}\n      ${message}`),
  ];
}
