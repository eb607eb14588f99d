import type { ToolEntry } from '@counterpart/schemas';
import { z } from 'zod';
import { madeVisible } from '../../../approvals/visible.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { LEARN_MS, untilLearned } from '../../running/learned.ts';
import { checkServed } from '../../names.ts';
import { count, effectOf } from '../../output/text/format.ts';
import { renderBroken, renderConfigProblem, renderOwn, renderServers } from '../../output/server-table.ts';
import { createPaint } from '../../output/text/paint.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

export const list = defineCommand({
  name: 'list',
  alias: 'ls',
  group: 'servers',
  summary: 'List servers, or their tools',
  options: [
    ['-t, --tools', 'List tools instead of servers'],
    ['-s, --server <name>', 'Only of this server'],
  ],
  examples: [
    ['hub list', 'every server and how it is'],
    ['hub list --tools --server weather', 'the tools of one server'],
  ],
  input: z.object({ tools: z.boolean().default(false), server: z.string().optional() }),
  run: (context, { tools, server }) => (tools ? listTools(context, server) : listServers(context, server)),
});

/** A list of servers also tells of those that are still starting, so it waits for them a moment only. */
const GLANCE_MS = 2_000;

/** Also says what keeps a changed configuration from being in use: what was just written there is missing from the list. */
const askHub = <T>(context: Context, work: (hub: HubApi) => Promise<T>): Promise<T> =>
  context.working('asking the hub', () =>
    withHub(context, async (hub) => {
      const { problem } = (await hub.status()).config;
      if (problem !== undefined)
        context.note(renderConfigProblem(problem, createPaint(context.io.colours.stderr)));
      return work(hub);
    }),
  );

async function listServers(context: Context, server: string | undefined): Promise<void> {
  const { paint, io } = context;
  const { servers, ownServers, problems } = await askHub(context, async (hub) => {
    await untilLearned(hub, GLANCE_MS, context.signal);
    const status = await hub.status();
    if (server === undefined) return status;
    checkServed(status, server);
    const isIt = ({ id }: { readonly id: string }): boolean => id === server;
    return {
      servers: status.servers.filter(isIt),
      ownServers: status.ownServers.filter(isIt),
      problems: [],
    };
  });
  const tools = servers.reduce((sum, each) => sum + each.tools, 0);
  const totals = `${count(servers.length, 'server')}, ${count(tools, 'tool')}`;
  const none =
    server === undefined
      ? [
          'No servers yet. `hub build --from <file|url>` makes one, `hub add` and `hub import` take others in.',
        ]
      : [];
  context.result({ servers, ownServers, problems }, () =>
    [
      ...(servers.length === 0 ? none : [renderServers(servers, paint, io.width), paint.faint(totals)]),
      ...renderOwn(ownServers),
      ...renderBroken(problems, paint),
    ].join('\n'),
  );
}

async function listTools(context: Context, server: string | undefined): Promise<void> {
  const { paint, io } = context;
  const tools = await askHub(context, async (hub) => {
    if (server !== undefined) checkServed(await hub.status(), server);
    await untilLearned(hub, LEARN_MS, context.signal);
    return hub.tools(server);
  });
  context.result({ tools }, () =>
    tools.length === 0
      ? 'No tools. `hub list` shows the servers; `hub doctor` explains what is wrong.'
      : `${renderTable(
          [paint.faint('TOOL'), '', paint.faint('WHAT IT DOES')],
          tools.map((tool) => [tool.name, effectOf(tool.definition), firstLine(tool)]),
          io.width,
        )}\n${paint.faint(count(tools.length, 'tool'))}`,
  );
}

const firstLine = ({ definition }: ToolEntry): string =>
  madeVisible(
    (definition.title ?? definition.annotations?.title ?? definition.description ?? '').split('\n')[0] ?? '',
  );
