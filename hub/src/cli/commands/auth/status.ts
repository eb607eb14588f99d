import type { SignInStatus } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { findServer } from '../../names.ts';
import { duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

export const status = defineCommand({
  name: 'status',
  parent: 'auth',
  group: 'servers',
  summary: 'Show which services are signed in to, and until when',
  arguments: [['[server]', 'Only this server']],
  examples: [['hub auth status', 'all servers whose service has a sign-in']],
  input: z.object({ server: z.string().optional() }),
  async run(context, { server }) {
    const signIns = await withHub(context, async (hub) => {
      const only = server === undefined ? undefined : (await findServer(hub, server)).id;
      const all = (await hub.signIns.list()).signIns;
      return all.filter((one) => only === undefined || one.server === only);
    });
    context.result({ signIns }, () => render(context, signIns));
  },
});

function render({ paint, io }: Context, signIns: readonly SignInStatus[]): string {
  if (signIns.length === 0) return 'No server’s service has an OAuth 2 or OpenID Connect sign-in.';
  const rows = signIns.map((one) => [
    paint.strong(one.server),
    one.scheme,
    one.state === 'signed-in'
      ? paint.good('signed in')
      : one.state === 'ended'
        ? paint.bad('ended')
        : paint.faint('signed out'),
    tokenWords(one),
    one.scopes.join(' '),
  ]);
  const table = renderTable(
    ['SERVER', 'SCHEME', 'STATE', 'TOKEN', 'SCOPES'].map(paint.faint),
    rows,
    io.width,
  );
  const next = signIns
    .filter(({ state }) => state !== 'signed-in')
    .map(
      ({ server, detail }) =>
        `${detail === undefined ? '' : `${server}: ${detail}. `}\`hub auth login ${server}\` signs in.`,
    );
  return [table, ...(next.length === 0 ? [] : ['', ...next])].join('\n');
}

function tokenWords({ state, expiresAt, renewable }: SignInStatus): string {
  if (state !== 'signed-in') return '';
  if (expiresAt === undefined) return 'no end known';
  const leftMs = Date.parse(expiresAt) - Date.now();
  const life = leftMs > 0 ? `${duration(leftMs)} left` : 'used up';
  return `${life}${renewable === true ? ', renewed by the hub' : ', not renewable'}`;
}
