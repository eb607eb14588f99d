import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hubError, MirrorName } from '@counterpart/schemas';
import { z } from 'zod';
import { withBackup } from '../../../interop/backups.ts';
import { defineCommand } from '../../command.ts';
import { withHub } from '../../running/with-hub.ts';

export const deleteMirror = defineCommand({
  name: 'delete',
  alias: 'rm',
  parent: 'mirror',
  group: 'builds',
  summary: 'Delete a mirror and all that it holds',
  description:
    'Ends the mirror and removes what is kept of it: its description, what it holds, recordings, scenarios. A copy is kept: after `hub undo`, `hub mirror start <name>` goes on with it, in the mode simulate and without a port. The mirror of a built server begins anew with its next request.',
  arguments: [['<name>', 'A mirror’s name']],
  options: [['-y, --yes', 'Do not ask']],
  examples: [['hub mirror delete shop --yes', 'without a question']],
  input: z.object({ name: MirrorName, yes: z.boolean().default(false) }),
  run: (context, { name, yes }) =>
    withHub(context, async (hub) => {
      const { home, paint } = context;
      const known = (await hub.mirrors.list()).find((mirror) => mirror.name === name);
      const recorded = known?.recordings.reduce((sum, { entries }) => sum + entries, 0) ?? 0;
      const what = `the mirror ${name}${recorded > 0 ? ` and its ${recorded} recorded answers` : ''}`;
      // A name that is unknown is refused by the hub, and nobody is asked about it.
      if (known && !yes && !(await context.confirm(`Delete ${what}?`)))
        throw hubError('USAGE', {
          detail: `${name} was not deleted: nobody agreed. --yes agrees.`,
          command: 'hub mirror delete',
        });
      const folder = join(home.dataDir, 'mirrors', name);
      const paths = existsSync(folder) ? [folder] : [];
      // What it holds is written before it is copied aside.
      if (known) await hub.mirrors.stop(name);
      const { directory } = await withBackup(home, `mirror delete ${name}`, paths, () =>
        hub.mirrors.remove(name),
      );
      context.result(
        { deleted: name, paths: [directory] },
        () =>
          `${paint.good('✓')} Deleted ${what}. \`hub undo\` and \`hub mirror start ${name}\` bring back what it held.`,
      );
    }),
});
