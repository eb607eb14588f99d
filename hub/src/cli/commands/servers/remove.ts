import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { withBackup } from '../../../interop/backups.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { findServer } from '../../names.ts';
import { withHub } from '../../running/with-hub.ts';

const Input = z.object({
  server: z.string(),
  yes: z.boolean().default(false),
  purge: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

export const remove = defineCommand({
  name: 'remove',
  alias: 'rm',
  group: 'servers',
  summary: 'Take a server out',
  description:
    'Takes a third-party server out of hub.config.json, or a built one out of the servers folder. A copy is kept, and so are its versions and its secrets: `hub undo` brings it back. --purge removes all of that for good, also of a server that was taken out before.',
  arguments: [['<server>', 'A server’s name']],
  options: [
    ['-y, --yes', 'Do not ask'],
    ['--purge', 'For good: with versions, history, secrets, sign-ins and the data of its mirror'],
  ],
  examples: [
    ['hub remove weather --yes', 'without a question'],
    ['hub remove weather --purge', 'with everything that is kept of it'],
  ],
  input: Input,
  run: (context, input) =>
    withHub(context, (hub) => (input.purge ? purgeServer : removeServer)(context, hub, input)),
});

async function removeServer(context: Context, hub: HubApi, { server, yes }: Input): Promise<void> {
  const { home, paint } = context;
  const found = await findServer(hub, server);
  const what = `${found.id}, ${found.kind}, ${found.toolNames.length} tools`;
  await assertAgreed(context, { yes, question: `Remove ${what}?`, server: found.id });
  const paths = [home.configFile, ...(found.directory === undefined ? [] : [found.directory])];
  await withBackup(home, `remove ${found.id}`, paths, () => hub.remove(found.id));
  context.result(
    { removed: found.id, paths },
    () =>
      `${paint.good('✓')} Removed ${what}. \`hub undo\` brings it back; versions and secrets are kept until \`hub remove ${found.id} --purge\`.`,
  );
}

async function purgeServer(context: Context, hub: HubApi, { server, yes }: Input): Promise<void> {
  const question = `Remove ${server} for good, with its versions, secrets and mirror? Nothing brings them back.`;
  await assertAgreed(context, { yes, question, server });
  const removed = await hub.purge(server);
  context.result({ purged: server, removed }, () =>
    [`${context.paint.good('✓')} Removed ${server} for good:`, ...removed.map((each) => `  ${each}`)].join(
      '\n',
    ),
  );
}

async function assertAgreed(
  context: Context,
  { yes, question, server }: { readonly yes: boolean; readonly question: string; readonly server: string },
): Promise<void> {
  if (yes || (await context.confirm(question))) return;
  throw hubError('USAGE', {
    detail: `${server} was not removed: nobody agreed. --yes agrees.`,
    command: 'hub remove',
  });
}
