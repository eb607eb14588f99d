import { errorCatalogue, type VerifyReport } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count, duration } from '../../output/text/format.ts';
import type { Paint } from '../../output/text/paint.ts';
import { findServerFolder } from '../../server-folder.ts';

const FAILED_EXIT = errorCatalogue.SERVER_MISMATCH.exit;
/** Skipped tools named one by one; more are counted. */
const MOST_SKIPPED = 10;

export const verify = defineCommand({
  name: 'verify',
  group: 'builds',
  summary: 'Call every tool of a server against its mirror',
  description:
    'Starts the built server and the mirror of its service, and calls each tool with made-up arguments, with both protocols that clients speak (2026-07-28 and the handshake before it). Each must send what the mirror takes, and answer in the form it promises. Nothing but the mirror is reached; exits with a failure when a call fails.',
  arguments: [['<server>', 'A server’s name, or its folder']],
  examples: [
    ['hub verify weather', 'by name'],
    ['hub verify ./servers/weather --json', 'by folder, each call for a program'],
  ],
  input: z.object({ server: z.string() }),
  async run(context, { server }) {
    const { verifyServer } = await import('../../../builder/verify/verify-server.ts');
    const directory = findServerFolder(context, server);
    const report = await context.working(`verifying ${server}`, (progress) =>
      verifyServer(directory, {
        signal: context.signal,
        onProgress: ({ done, total, era }) => progress.update(`${era} ${done}/${total}`),
      }),
    );
    context.result(report, () => render(report, context.paint));
    return report.passed ? 0 : FAILED_EXIT;
  },
});

function render({ id, version, counts, tools, passed, durationMs }: VerifyReport, paint: Paint): string {
  const failed = tools.flatMap(({ tool, operation, modern, legacy }) => {
    const bad = [['2026-07-28', modern] as const, ['before', legacy] as const].filter(
      ([, { outcome }]) => outcome === 'failed',
    );
    return bad.map(
      ([era, { detail = '' }]) =>
        `  ${paint.bad('✗')} ${paint.strong(tool)} ${paint.faint(`(${operation ?? 'by hand'}; ${era})`)}\n    ${detail.replaceAll('\n', '\n    ')}`,
    );
  });
  const skipped = tools.filter(
    ({ modern, legacy }) => modern.outcome === 'skipped' || legacy.outcome === 'skipped',
  );
  const more = skipped.length - MOST_SKIPPED;
  return [
    `${passed ? paint.good('✓') : paint.bad('✗')} ${paint.strong(id)} ${version}: ${counts.ok} of ${count(counts.tools, 'tool')} answered in both protocols, in ${duration(durationMs)}`,
    ...failed,
    ...skipped
      .slice(0, MOST_SKIPPED)
      .map(
        ({ tool, modern, legacy }) =>
          `  ${paint.faint(`– ${tool}: ${modern.detail ?? legacy.detail ?? ''}`)}`,
      ),
    ...(more > 0 ? [paint.faint(`  … and ${more} more not called`)] : []),
  ].join('\n');
}
