import type { HookSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { bytes as size, duration } from '../../output/text/format.ts';
import { withHub } from '../../running/with-hub.ts';

const own = { parent: 'hooks', group: 'servers' } as const;

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List addresses at which servers take posts, with their tokens',
  arguments: [['[server]', 'Only those of this server']],
  examples: [['hub hooks list apple-health', 'what to enter in the export app of the phone']],
  input: z.object({ server: z.string().optional() }),
  async run(context, { server }) {
    const all = await withHub(context, (hub) => hub.hooks.list());
    const hooks = all.filter((one) => server === undefined || one.server === server);
    context.result({ hooks }, () =>
      hooks.length === 0 ? 'No server takes posts.' : hooks.map((hook) => render(context, hook)).join('\n\n'),
    );
  },
});

const rotate = defineCommand({
  ...own,
  name: 'rotate',
  summary: 'Give a hook a new token; the one before is of no use any more',
  arguments: [
    ['<server>', 'The server that takes the posts'],
    ['<name>', 'The hook'],
  ],
  examples: [['hub hooks rotate apple-health phone', 'enter the new address wherever the old one was']],
  input: z.object({ server: z.string(), name: z.string() }),
  async run(context, { server, name }) {
    const hook = await withHub(context, (hub) => hub.hooks.rotate(server, name));
    context.result(hook, () => render(context, hook));
  },
});

function render({ paint }: Context, { server, name, description, url, bytes, lastAt }: HookSummary): string {
  const since = lastAt === undefined ? '' : `, the last ${duration(Date.now() - Date.parse(lastAt))} ago`;
  return [
    `${paint.strong(`${server}/${name}`)}${description === undefined ? '' : `  ${description}`}`,
    `  POST ${url}`,
    paint.faint(bytes === 0 ? '  nothing was posted yet' : `  ${size(bytes)} of posts${since}`),
  ].join('\n');
}

export const hooks = defineGroup({
  name: 'hooks',
  group: 'servers',
  summary: 'Addresses at which other programs post what a server reads',
  description:
    'A server may have hooks: addresses of the hub that take JSON of other programs, such as the export app of a phone. What is posted is kept, a line for each post, in a folder that only this server reads. Whoever has the token can post, and nothing else. A phone reaches the hub only where it listens beyond this machine (`listen.host`, `listen.allowedHosts`).',
  verbs: [list, rotate],
  examples: [['hub hooks list', 'all of them']],
});
