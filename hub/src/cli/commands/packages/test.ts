import { errorCatalogue } from '@counterpart/schemas';
import { z } from 'zod';
import type { TestReport } from '../../../builder/packages/test-server.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { findServerFolder } from '../../server-folder.ts';

const FAILED_EXIT = errorCatalogue.SERVER_MISMATCH.exit;

export const test = defineCommand({
  name: 'test',
  group: 'builds',
  summary: 'Check a server and run its tests',
  description:
    'Bundles a server, starts it, holds the tools it lists against its manifest, checks the package against the rules and runs its tests. Of a server that was written by hand, manifest.json and tools.json are brought up to date with what it lists; with --frozen a difference is a failure. Nothing but the server and its tests is run, and no secret of the hub reaches them.',
  arguments: [['<server>', 'A server’s name, or its folder']],
  options: [
    ['--frozen', 'Write nothing: a tool that the manifest does not know as it is fails'],
    ['--no-tests', 'Leave the package’s own tests out'],
  ],
  examples: [
    ['hub test my-notes', 'by name, after an edit'],
    ['hub test ./servers/my-notes --frozen --json', 'by folder, for a pipeline'],
  ],
  input: z.object({
    server: z.string(),
    frozen: z.boolean().default(false),
    tests: z.boolean().default(true),
  }),
  async run(context, { server, frozen, tests }) {
    const { testServer } = await import('../../../builder/packages/test-server.ts');
    const { signal } = context;
    const directory = findServerFolder(context, server);
    const report = await context.working(`testing ${server}`, () =>
      testServer(directory, { frozen, tests, signal }),
    );
    context.result(report, () => render(report, context));
    return report.passed ? 0 : FAILED_EXIT;
  },
});

function render(report: TestReport, { paint }: Context): string {
  const { tests, problems } = report;
  const mark = (good: boolean): string => (good ? paint.good('✓') : paint.bad('✗'));
  return [
    ...toolLines(report, mark),
    `${mark(problems.length === 0)} ${problems.length === 0 ? 'keeps the rules of a package' : 'breaks rules'}`,
    ...problems.map(({ file, problem }) => `    ${paint.code(file)}: ${problem.replaceAll('\n', '\n    ')}`),
    ...(tests === undefined
      ? []
      : [
          `${mark(tests.failures.length === 0)} ${count(tests.passed, 'test')} passed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}${tests.failures.length > 0 ? `, ${tests.failures.length} failed` : ''}`,
          ...tests.failures.map(
            ({ file, test, message }) =>
              `    ${paint.code(file)}: ${test}\n      ${message.replaceAll('\n', '\n      ')}`,
          ),
        ]),
    `${report.passed ? paint.good('✓') : paint.bad('✗')} ${paint.strong(report.id)} ${report.passed ? 'is sound' : 'is not sound'}`,
  ].join('\n');
}

function toolLines({ tools, recorded }: TestReport, mark: (good: boolean) => string): string[] {
  const parts = Object.entries(tools).flatMap(([what, names]: [string, readonly string[]]) =>
    names.length > 0 ? [`${what} ${names.join(', ')}`] : [],
  );
  if (parts.length === 0) return [`${mark(true)} lists the tools of its manifest`];
  return recorded
    ? [`${mark(true)} manifest.json and tools.json brought up to date: ${parts.join('; ')}`]
    : [`${mark(false)} lists other tools than its manifest: ${parts.join('; ')}`];
}
