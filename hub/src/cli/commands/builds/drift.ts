import { errorCatalogue, type DriftReport } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { withHub } from '../../running/with-hub.ts';

/** As of `hub diff`: something is not as callers know it. */
const DRIFTED_EXIT = errorCatalogue.MANIFEST_INVALID.exit;

export const drift = defineCommand({
  name: 'drift',
  group: 'builds',
  summary: 'Find services that are no longer as their servers know them',
  description:
    'Of one server: calls what only reads and needs no argument, reads its description again where it came from an address, and says what does not fit. Without a server: what calls have shown so far. --propose builds a new version that waits for your decision; the one in use is never changed without it. Exits 4 when something drifted.',
  arguments: [['[server]', 'A built server (default: what is known of all)']],
  options: [['--propose', 'Build a new version that waits for a decision']],
  examples: [
    ['hub drift', 'what calls have shown'],
    ['hub drift weather', 'asks the service and reads its description again'],
    ['hub drift weather --propose', 'a new version, to be approved with `hub builds approve`'],
  ],
  input: z.object({ server: z.string().optional(), propose: z.boolean().default(false) }),
  async run(context, { server, propose }) {
    const reports = await withHub(context, async (hub) => {
      if (server === undefined) return await hub.drift.list();
      return [propose ? await hub.drift.propose(server) : await hub.drift.check(server)];
    });
    context.result(server === undefined ? { reports } : (reports[0] ?? {}), () =>
      reports.length === 0
        ? 'No calls have shown anything yet.'
        : reports.map((report) => render(context, report)).join('\n\n'),
    );
    return reports.some(({ verdict }) => verdict === 'drifted') ? DRIFTED_EXIT : 0;
  },
});

function render({ paint }: Context, report: DriftReport): string {
  const { server, verdict, signs, probes, problem, proposal } = report;
  const marks = {
    fits: `${paint.good('✓')} ${paint.strong(server)} fits its service`,
    drifted: `${paint.bad('✗')} ${paint.strong(server)}: its service has changed`,
    unknown: `${paint.faint('○')} ${paint.strong(server)}: nothing is known yet`,
  };
  const next =
    verdict === 'drifted' && proposal === undefined
      ? [`  \`hub drift ${server} --propose\` builds a new version for you to decide on`]
      : [];
  return [
    marks[verdict],
    ...signs.map(({ tool, detail }) => `  ${tool}: ${detail}`),
    ...probes.map((probe) => paint.faint(`  tried: ${probe}`)),
    ...(problem === undefined ? [] : [paint.warn(`  its description cannot be read again: ${problem}`)]),
    ...(proposal === undefined ? next : [`  proposal ${proposal}: \`hub builds follow ${proposal}\``]),
  ].join('\n');
}
