import type { HubStatus } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderBroken } from '../../output/server-table.ts';
import { reloaded } from '../../running/reloaded.ts';
import { assertVersioned, OWNER, versionsAt } from '../../versions-at.ts';

export const rollback = defineCommand({
  name: 'rollback',
  group: 'servers',
  summary: 'Put an earlier version of a built server back in use',
  description:
    'Swaps a version that is kept into the servers folder: the one before, or the one that is named. A running hub starts it and lets the calls on the other finish. What was in place is kept, so that it can be taken again in the same way.',
  arguments: [
    ['<server>', 'A server’s name'],
    ['[version]', 'A version, its whole name, or the beginning of its hash'],
  ],
  examples: [
    ['hub rollback weather', 'the version before the one in use'],
    ['hub rollback weather 1.1.0', 'this version, back or forth'],
  ],
  input: z.object({ server: z.string(), version: z.string().optional() }),
  async run(context, { server, version: named }) {
    const { id, wanted = named } = splitName(server);
    assertVersioned(context, id);
    const { rollBack } = await import('../../../versions/install.ts');
    const at = versionsAt(context);
    const { version, before } = await rollBack({ id, wanted, by: OWNER }, at);
    const status = await reloaded(context);
    const report = {
      server: id,
      version: version.provenance.version,
      name: version.name,
      ...(before === undefined ? {} : { before: before.name }),
      hub: status === undefined ? 'stopped' : 'running',
      problems: problemsOf(status, id),
    };
    context.result(report, () => render(context, report, before?.provenance.version));
    return report.problems.length === 0 ? 0 : 1;
  },
});

/** `weather@1.0.0`, as packages are named elsewhere. */
function splitName(server: string): { readonly id: string; readonly wanted?: string } {
  const [id = server, wanted] = server.split('@');
  return wanted === undefined || wanted === '' ? { id } : { id, wanted };
}

const problemsOf = (status: HubStatus | undefined, id: string): HubStatus['problems'] =>
  (status?.problems ?? []).filter(({ server }) => server === id);

interface Report {
  readonly server: string;
  readonly version: string;
  readonly name: string;
  readonly before?: string;
  readonly problems: HubStatus['problems'];
}

function render({ paint }: Context, report: Report, beforeVersion: string | undefined): string {
  const { server, version, name, before, problems } = report;
  const isSame = before === undefined || before === name;
  const back = beforeVersion === version ? before : beforeVersion;
  const undo = isSame ? '' : ` \`hub rollback ${server} ${back}\` undoes this.`;
  return [
    `${paint.good('✓')} ${paint.strong(server)} ${version} is in use again.${undo}`,
    ...renderBroken(problems, paint),
  ].join('\n');
}
