import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';
import { withBackup } from '../../../interop/backups.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { findServer } from '../../names.ts';
import { count } from '../../output/text/format.ts';
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
  const { what, directory } = await findRemovable(context, hub, server);
  await assertAgreed(context, { yes, question: `Remove ${what}?`, server });
  const paths = [home.configFile, ...(directory === undefined ? [] : [directory])];
  await withBackup(home, `remove ${server}`, paths, () => hub.remove(server));
  context.result(
    { removed: server, paths },
    () =>
      `${paint.good('✓')} Removed ${what}. \`hub undo\` brings it back; versions and secrets are kept until \`hub remove ${server} --purge\`.`,
  );
}

/** A server in words, with its folder if it has one; also one that cannot be served as it stands. Rejects with SERVER_UNKNOWN. */
async function findRemovable(
  { home }: Context,
  hub: HubApi,
  server: string,
): Promise<{ readonly what: string; readonly directory: string | undefined }> {
  const { servers, problems } = await hub.status();
  const isServed = servers.some(({ id }) => id === server);
  if (!isServed && problems.some((each) => each.server === server)) {
    const directory = join(home.serversDir, server);
    return {
      what: `${server}, which could not be served`,
      directory: existsSync(directory) ? directory : undefined,
    };
  }
  const { id, kind, toolNames, directory } = await findServer(hub, server);
  return { what: `${id}, ${kind}, ${count(toolNames.length, 'tool')}`, directory };
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
