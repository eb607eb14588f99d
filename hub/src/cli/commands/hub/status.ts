import { hubError, type HubStatus } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { bytes, count, duration } from '../../output/text/format.ts';
import {
  renderBroken,
  renderConfigProblem,
  renderLeftOut,
  renderOwn,
  renderServers,
} from '../../output/server-table.ts';
import { renderTable } from '../../output/text/table.ts';
import { readToken, tokenFile } from '../../running/running-hub.ts';
import { runningHub } from '../../running/with-hub.ts';

export const status = defineCommand({
  name: 'status',
  group: 'hub',
  summary: 'Show whether the hub runs, and how its servers are',
  options: [['--token', 'Print the token that changes need, and nothing else']],
  examples: [
    ['hub status', 'address, servers, problems'],
    ['hub status --token', 'the token, for an Authorization header'],
  ],
  input: z.object({ token: z.boolean().default(false) }),
  async run(context, { token }) {
    if (token) return printToken(context);
    const hub = await runningHub(context);
    const state = await hub.status();
    const { paint } = context;
    context.result(state, () =>
      [
        `${state.ready ? paint.good('●') : paint.warn('●')} ${paint.strong('Counterpart')} ${state.version} at ${paint.code(state.url)}`,
        `  process ${state.pid}, up ${duration(Date.now() - Date.parse(state.startedAt))}, home ${state.home}`,
        ...(state.config.problem === undefined
          ? []
          : [renderConfigProblem(state.config.problem, paint).replaceAll(/^/gm, '  ')]),
        ...state.config.notes.map((note) => `  ${paint.warn('!')} ${note}`),
        ...(state.config.needsRestart.length === 0
          ? []
          : [`  ${paint.warn('!')} waits for a restart: ${state.config.needsRestart.join(', ')}`]),
        '',
        state.servers.length === 0
          ? 'No servers. `hub build` or `hub add` makes the first.'
          : renderServers(state.servers, paint, context.io.width),
        paint.faint(
          `${count(state.servers.length, 'server')}, ${count(toolsOf(state), 'tool')}${spares(state.spares)}`,
        ),
        ...renderOwn(state.ownServers),
        ...(state.profiles.length === 0 ? [] : ['', ...renderProfiles(state, context)]),
        ...(state.signingKey === undefined
          ? []
          : [
              paint.faint(
                `Versions are signed with the key ${state.signingKey.id}: ${state.signingKey.publicKey}`,
              ),
            ]),
        ...renderBroken(state.problems, paint),
        ...renderLeftOut(state.leftOut, paint),
        ...(state.leftOut.some(({ code }) => code === 'TOOL_QUARANTINED')
          ? [`  ${paint.good('→')} \`hub approve\` lists what awaits approval`]
          : []),
      ].join('\n'),
    );
  },
});

/** Of the servers listed above it; what the hub itself offers is told below. */
const toolsOf = ({ servers }: HubStatus): number => servers.reduce((sum, { tools }) => sum + tools, 0);

const spares = ({ count: waiting, pssBytes }: HubStatus['spares']): string =>
  waiting === 0 ? '' : `, ${count(waiting, 'spare')} (${bytes(pssBytes)})`;

const renderProfiles = ({ profiles }: HubStatus, { paint, io }: Context): string[] => [
  renderTable(
    ['PROFILE', 'TOOLS', 'MODE', 'AT'].map(paint.faint),
    profiles.map(({ name, tools, mode, url }) => [paint.strong(name), String(tools), mode, paint.code(url)]),
    io.width,
  ),
];

function printToken(context: Context): void {
  const { home } = context;
  const token = readToken(home);
  if (token === '') throw hubError('HUB_NOT_RUNNING', { home: home.directory });
  context.result({ token, file: tokenFile(home) }, () => token);
}
