import type { ServerPermissions } from '@counterpart/schemas';
import { Capability } from '@counterpart/schemas/hub/permissions';
import { z } from 'zod';
import { defineCommand, type CommandDefinition } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const WHAT = [
  ['<server>', 'The server'],
  ['<capability>', 'net, fs, secret or tool'],
  ['<what>', 'A host with its port, a file, a secret or a tool, as `hub permissions` lists it'],
] as const;

const changing = (
  change: 'deny' | 'allow',
  words: Pick<Parameters<typeof defineCommand>[0], 'summary' | 'description' | 'examples'>,
): CommandDefinition =>
  defineCommand({
    ...words,
    name: change,
    parent: 'permissions',
    group: 'servers',
    arguments: WHAT,
    input: z.object({ server: z.string(), capability: Capability, what: z.string() }),
    async run(context, { server, capability, what }) {
      const listed = await withHub(context, (hub) =>
        hub.permissions.change(server, { change, capability, name: what }),
      );
      const done = change === 'deny' ? 'is denied' : 'is allowed';
      context.result(listed, () => `${context.paint.good('✓')} ${server} ${done} ${capability} ${what}.`);
    },
  });

const deny = changing('deny', {
  summary: 'Take back from a server what was approved with its version',
  description:
    'It holds at once, without a restart of the hub: the broker refuses the host, the server is started anew without the file or the secret, the tool is no longer listed nor called. Calls that had begun may end. Hosts and files can be denied where walls hold the server to them.',
  examples: [
    ['hub permissions deny weather net api.weather.gov:443', 'requests there are refused, and say why'],
    ['hub permissions deny shop tool delete_order', 'nobody sees it any more'],
  ],
});

const allow = changing('allow', {
  summary: 'Take a denial back',
  description:
    'A server is never given more than the manifest of its version names, which was approved: for that it takes a new version.',
  examples: [['hub permissions allow weather net api.weather.gov:443', 'as it was before `deny`']],
});

/** `hub permissions`: what each server may use, and taking some of that back. */
export const permissions = defineCommand({
  name: 'permissions',
  group: 'servers',
  summary: 'What each server may reach, read, know and offer; deny some of it',
  description:
    'Lists hosts (net), files (fs), secrets and tools of each server: what the manifest of its version names, which was approved, what its owner added, and what its owner denied.',
  arguments: [['[server]', 'Only this server']],
  verbs: [deny, allow],
  examples: [
    ['hub permissions weather', 'all that it may use, and who says so'],
    ['hub permissions deny weather secret WEATHER_KEY', 'it is not handed over any more'],
  ],
  input: z.object({ server: z.string().optional() }),
  async run(context, { server }) {
    const servers = await withHub(context, (hub) => hub.permissions.list(server));
    context.result({ servers }, () =>
      servers.length === 0
        ? 'There are no servers.'
        : server === undefined
          ? [
              ...servers.map((one) => render({ ...one, permissions: toolsCounted(one) }, context)),
              'Allowed tools are counted; `hub permissions <server>` names them.',
            ].join('\n\n')
          : servers.map((one) => render(one, context)).join('\n\n'),
    );
  },
});

/** Of many servers with many tools, what is worth a look has to stay in sight. */
function toolsCounted({ permissions: all }: ServerPermissions): ServerPermissions['permissions'] {
  const isCounted = ({ capability, state }: (typeof all)[number]): boolean =>
    capability === 'tool' && state === 'allowed';
  const tools = all.filter(isCounted);
  const [first] = tools;
  if (first === undefined) return all;
  return [...all.filter((one) => !isCounted(one)), { ...first, name: count(tools.length, 'tool') }];
}

function render({ server, walls, permissions: all, unheld }: ServerPermissions, context: Context): string {
  const { paint, io } = context;
  const rows = all.map(({ capability, name, state, by }) => [
    capability,
    name,
    state === 'denied' ? paint.bad(state) : state,
    by,
  ]);
  const head = `${paint.strong(server)}  ${walls === 'sandbox' ? 'inside walls' : 'without walls'}`;
  const table = rows.length === 0 ? ['  It may use nothing.'] : [renderTable(HEAD, rows, io.width)];
  return [head, ...table, ...unheld.map((word) => paint.faint(`  ${word}`))].join('\n');
}

const HEAD = ['MAY USE', 'WHAT', 'STATE', 'SAYS'];
