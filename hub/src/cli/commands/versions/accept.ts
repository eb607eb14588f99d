import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { reloaded } from '../../running/reloaded.ts';
import { findServerFolder } from '../../server-folder.ts';
import { OWNER, versionsAt } from '../../versions-at.ts';

export const accept = defineCommand({
  name: 'accept',
  parent: 'versions',
  group: 'servers',
  summary: 'Approve a package as it lies in the servers folder',
  description:
    'After an edit made by hand on purpose: checks the package, keeps it as a version and signs it, so that it is started again. A server written by hand is signed in the same way, and from then on only started as it was approved.',
  arguments: [['<server>', 'A server’s name']],
  options: [['-y, --yes', 'Do not ask']],
  examples: [['hub versions accept weather', 'shows what changed and asks']],
  input: z.object({ server: z.string(), yes: z.boolean().default(false) }),
  async run(context, { server, yes }) {
    const dir = findServerFolder(context, server);
    const { acceptPackage } = await import('../../../builder/accept-package.ts');
    const at = versionsAt(context);
    const agree = (question: string): Promise<boolean> =>
      yes ? Promise.resolve(true) : context.confirm(question);
    const accepted = await acceptPackage({ id: server, dir, by: OWNER, agree, signal: context.signal }, at);
    if (accepted === undefined)
      throw hubError('USAGE', {
        detail: `${server} was not approved: nobody agreed. --yes agrees.`,
        command: 'hub versions accept',
      });
    const { name, provenance } = accepted;
    await reloaded(context);
    context.result(
      { server, accepted: name, provenance },
      () => `${context.paint.good('✓')} ${server} is approved as it lies there: version ${name}.`,
    );
  },
});
