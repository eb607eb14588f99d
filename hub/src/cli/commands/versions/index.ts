import { join } from 'node:path';
import { errorCatalogue } from '@counterpart/schemas';
import { z } from 'zod';
import { chooseVersion, keptVersions } from '../../../versions/kept.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderVersionDiff, renderVersions } from '../../output/versions.ts';
import { assertVersioned, versionsAt } from '../../versions-at.ts';
import { accept } from './accept.ts';

/** As of `hub diff`. */
const BREAKS_EXIT = errorCatalogue.MANIFEST_INVALID.exit;

export const versions = defineCommand({
  name: 'versions',
  group: 'servers',
  summary: 'List the versions of a built server, or compare two',
  description:
    'Every version that was installed is kept as it was, beside its signed record: what it was made from, by whom, and who approved it. --diff says what callers notice between two of them, breaking changes first, and which hosts, secrets and files came or went. `hub rollback` takes an earlier one.',
  arguments: [['<server>', 'A server’s name']],
  options: [
    [
      '--diff <versions...>',
      'Compare two versions; exits 4 when something breaks. One: with what is in place',
    ],
  ],
  examples: [
    ['hub versions weather', 'which there are, and which is in use'],
    ['hub versions weather --diff 1.0.0 1.1.0', 'what changed between them'],
    ['hub versions accept weather', 'approve an edit made by hand'],
  ],
  input: z.object({ server: z.string(), diff: z.array(z.string()).min(1).max(2).optional() }),
  verbs: [accept],
  async run(context, { server, diff }) {
    if (diff !== undefined) return showDiff(context, server, diff);
    assertVersioned(context, server);
    const { listVersions } = await import('../../../versions/list.ts');
    const list = await listVersions(server, versionsAt(context));
    context.result(list, () => renderVersions(list, context.paint, context.io.width));
    return 0;
  },
});

async function showDiff(context: Context, server: string, wanted: readonly string[]): Promise<number> {
  const { comparePackages } = await import('../../../versions/compare.ts');
  const kept = keptVersions(versionsAt(context), server);
  const [before, after] = wanted.map((text) => {
    const { name, packageDir } = chooseVersion(server, text, kept);
    return { name, dir: packageDir };
  });
  if (before === undefined) return 0;
  const present = { name: 'in place', dir: join(context.home.serversDir, server) };
  const report = await comparePackages(before, after ?? present);
  context.result(report, () => renderVersionDiff(report, context.paint));
  return report.breaking === 0 ? 0 : BREAKS_EXIT;
}
