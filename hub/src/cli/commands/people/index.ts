import { PersonName, type PersonToken } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const own = { parent: 'people', group: 'hub' } as const;
const NAME = ['<name>', 'Their name: lower-case letters, digits and dashes'] as const;
const Named = z.object({ name: z.string() });
const New = z.object({ name: PersonName });

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List people, and the servers that are theirs',
  examples: [['hub people list', 'everybody but the owner']],
  input: z.object({}),
  async run(context) {
    const people = await withHub(context, (hub) => hub.people.list());
    const rows = people.map(({ name, servers, tokenAt }) => [
      context.paint.strong(name),
      servers.join(', '),
      tokenAt,
    ]);
    context.result({ people }, () =>
      rows.length === 0
        ? 'There is nobody but the owner. `hub people add <name>` adds somebody.'
        : renderTable(['NAME', 'SERVERS', 'TOKEN SINCE'], rows, context.io.width),
    );
  },
});

const add = defineCommand({
  ...own,
  name: 'add',
  summary: 'Add a person, and print their token once',
  arguments: [NAME],
  examples: [['hub people add anna', 'prints the token that anna’s clients send']],
  input: New,
  async run(context, { name }) {
    show(context, await withHub(context, (hub) => hub.people.add(name)));
  },
});

const token = defineCommand({
  ...own,
  name: 'token',
  summary: 'Give a person another token; the one before is worth nothing at once',
  arguments: [NAME],
  examples: [['hub people token anna', 'what was open with the old one is closed']],
  input: Named,
  async run(context, { name }) {
    show(context, await withHub(context, (hub) => hub.people.renew(name)));
  },
});

const remove = defineCommand({
  ...own,
  name: 'remove',
  summary: 'Remove a person: their token, their sessions, and what is kept for them',
  description:
    'Their sessions are closed at once. Servers that were theirs alone stay, for the owner only: `hub share` gives them to others.',
  arguments: [NAME],
  examples: [['hub people remove anna', 'their servers are the owner’s then']],
  input: Named,
  async run(context, { name }) {
    await withHub(context, (hub) => hub.people.remove(name));
    context.result({ name, removed: true }, () => `${name} is removed.`);
  },
});

function show(context: Context, made: PersonToken): void {
  context.result(
    made,
    () =>
      `${context.paint.good('✓')} The token of ${made.name}, shown this once:\n\n${made.token}\n\nTheir clients send it as \`Authorization: Bearer <token>\`; \`hub stdio\` takes it from COUNTERPART_TOKEN.`,
  );
}

/** `hub people`: who uses this hub beside its owner. */
export const people = defineGroup({
  name: 'people',
  group: 'hub',
  summary: 'People who use this hub, each with a token of their own',
  description:
    'A person sees the servers of the organisation, and those that are theirs or were shared with them. Of a token only a hash is kept. Who comes without one is the owner, unless `auth.mcp` in hub.config.json is "token".',
  verbs: [list, add, token, remove],
  examples: [
    ['hub people add anna', 'prints the token once'],
    ['hub people list', 'everybody, and what is theirs'],
  ],
});
