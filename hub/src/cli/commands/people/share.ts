import type { Sharing } from '@counterpart/schemas';
import { z } from 'zod';
import { EVERYBODY } from '../../../kernel/audit/principal.ts';
import { defineCommand } from '../../command.ts';
import { withHub } from '../../running/with-hub.ts';

const common = {
  group: 'servers',
  arguments: [['<server>', 'The server']],
  options: [['--with <name>', 'A person (default: organisation, which is everybody)']],
  input: z.object({ server: z.string(), with: z.string().default(EVERYBODY) }),
} as const;

const seenBy = ({ server, seenBy: all }: Sharing): string =>
  all === EVERYBODY
    ? `Everybody sees ${server}.`
    : `${server} is seen by ${['the owner', ...all].join(', ')} alone.`;

export const share = defineCommand({
  ...common,
  name: 'share',
  summary: 'Let a person, or everybody, see a server',
  description:
    'What is configured by hand is everybody’s. A server that was built for a person is theirs, until it is shared. Clients are told at once that their lists changed.',
  examples: [
    ['hub share weather', 'everybody of the organisation sees it'],
    ['hub share weather --with ben', 'ben sees it, beside those who do already'],
  ],
  async run(context, { server, with: whom }) {
    const sharing = await withHub(context, (hub) => hub.people.share(server, whom));
    context.result(sharing, () => seenBy(sharing));
  },
});

export const unshare = defineCommand({
  ...common,
  name: 'unshare',
  summary: 'Let a person, or everybody, see a server no longer',
  description:
    'Who is still named sees it: the person it was built for, and those it was shared with by name. Where nobody is left, the owner does.',
  examples: [
    ['hub unshare weather', 'only those it names see it'],
    ['hub unshare weather --with ben', 'ben sees it no longer'],
  ],
  async run(context, { server, with: whom }) {
    const sharing = await withHub(context, (hub) => hub.people.unshare(server, whom));
    context.result(sharing, () => seenBy(sharing));
  },
});
