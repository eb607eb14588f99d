import { errorCatalogue, type ServerSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { withBackup } from '../../../interop/backups.ts';
import { type CommandDefinition, defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { findServer } from '../../names.ts';
import { renderBroken, renderServers } from '../../output/server-table.ts';
import { runningHub, withHub } from '../../running/with-hub.ts';

const SERVER = ['<server>', 'A server’s name'] as const;
/** As of a server that cannot be started. */
const NOT_TAKEN_EXIT = errorCatalogue.PACKAGE_CHANGED.exit;
const OneServer = z.object({ server: z.string() });

function showChange(context: Context, server: ServerSummary, sentence: string): void {
  const { paint, io } = context;
  context.result(
    { server },
    () => `${paint.good('✓')} ${sentence}\n\n${renderServers([server], paint, io.width)}`,
  );
}

function defineSwitch(verb: 'enable' | 'disable', summary: string, past: string): CommandDefinition {
  return defineCommand({
    name: verb,
    group: 'servers',
    summary,
    arguments: [SERVER],
    examples: [[`hub ${verb} weather`, `${past} it for every client at once`]],
    input: OneServer,
    async run(context, { server }) {
      const changed = await withHub(context, async (hub) =>
        hub.change((await findServer(hub, server)).id, verb),
      );
      showChange(context, changed, `${server} is ${past}.`);
    },
  });
}

export const enable = defineSwitch('enable', 'Serve a server again; also ends its quarantine', 'enabled');
export const disable = defineSwitch('disable', 'Stop a server and stop listing its tools', 'disabled');

export const restart = defineCommand({
  name: 'restart',
  group: 'servers',
  summary: 'Stop a server’s process and start it anew',
  arguments: [SERVER],
  examples: [['hub restart weather', 'also forgets its failures']],
  input: OneServer,
  async run(context, { server }) {
    const hub = await runningHub(context);
    const { id } = await findServer(hub, server);
    const changed = await context.working(`restarting ${id}`, () => hub.change(id, 'restart'));
    showChange(context, changed, `${id} was restarted.`);
  },
});

const PLACES = { live: 'the live service', mirror: 'its mirror' } as const;

/** The choice is written down, and the hub cannot start the server anew as it stands; what ran goes on. */
async function showNotYet(
  context: Context,
  server: ServerSummary,
  where: 'live' | 'mirror',
): Promise<number> {
  const { paint } = context;
  const { problems } = await withHub(context, (hub) => hub.status());
  const own = problems.filter((problem) => problem.server === server.id);
  const before = PLACES[where === 'live' ? 'mirror' : 'live'];
  context.result({ server, problems: own }, () =>
    [
      `${paint.warn('!')} It is written down, but ${server.id} still speaks to ${before}.`,
      ...renderBroken(own, paint),
    ].join('\n'),
  );
  return NOT_TAKEN_EXIT;
}

export const target = defineCommand({
  name: 'target',
  group: 'servers',
  summary: 'Point a built server at the live service or at its mirror',
  description:
    'A mirror answers as the service would, from its description: no key, no network, no effect. A built server can be switched at any time.',
  arguments: [SERVER, ['<where>', 'live or mirror']],
  examples: [['hub target weather mirror', 'try it without a key']],
  input: z.object({ server: z.string(), where: z.enum(['live', 'mirror'], 'it is live or mirror') }),
  async run(context, { server, where }) {
    const { home } = context;
    const changed = await withBackup(home, `target ${server} ${where}`, [home.configFile], () =>
      withHub(context, async (hub) => hub.target((await findServer(hub, server)).id, where)),
    );
    if (changed.target !== where) return showNotYet(context, changed, where);
    showChange(context, changed, `${server} now speaks to ${PLACES[where]}.`);
    return 0;
  },
});
