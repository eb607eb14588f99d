import type { ConversationSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { toMarkdown } from '../../../orchestrator/conversations/export.ts';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const ID = ['<id>', 'A conversation’s id, as `hub conversations list` shows it'] as const;
const own = { parent: 'conversations', group: 'clients' } as const;
const Id = z.object({ id: z.string() });

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List conversations, the one that was touched last first',
  examples: [['hub conversations list', 'all that is kept']],
  input: z.object({}),
  async run(context) {
    const conversations = await withHub(context, (hub) => hub.conversations.list());
    context.result({ conversations }, () => renderList(context, conversations));
  },
});

function renderList({ paint, io }: Context, known: readonly ConversationSummary[]): string {
  if (known.length === 0) return 'No conversations yet. docs/chat.md says how a chat program is connected.';
  const rows = known.map(({ id, title, messages, updatedAt }) => [
    paint.strong(id),
    title === '' ? paint.faint('without a title') : title,
    String(messages),
    `${duration(Date.now() - Date.parse(updatedAt))} ago`,
  ]);
  return renderTable(['ID', 'TITLE', 'MESSAGES', 'LAST'], rows, io.width);
}

const show = defineCommand({
  ...own,
  name: 'show',
  summary: 'Show a conversation with all that was said',
  arguments: [ID],
  examples: [['hub conversations show conv_5f2c', 'as Markdown; `--json` for programs']],
  input: Id,
  async run(context, { id }) {
    const detail = await withHub(context, (hub) => hub.conversations.show(id));
    context.quote(detail, () => toMarkdown(detail));
  },
});

const rename = defineCommand({
  ...own,
  name: 'rename',
  summary: 'Give a conversation another title',
  arguments: [ID, ['<title>', 'At most 200 characters']],
  examples: [['hub conversations rename conv_5f2c "Trip to Oslo"', 'another title']],
  input: Id.extend({ title: z.string() }),
  async run(context, { id, title }) {
    const changed = await withHub(context, (hub) => hub.conversations.change(id, { title }));
    context.result(changed, () => `${id} is called ${changed.title}.`);
  },
});

const branch = defineCommand({
  ...own,
  name: 'branch',
  summary: 'Copy the first part of a conversation, to go on in another direction',
  arguments: [ID],
  options: [
    ['--items <n>', 'So many items are taken over (default: all)'],
    ['--title <title>', 'Of the branch'],
  ],
  examples: [['hub conversations branch conv_5f2c --items 4', 'from before the fifth item']],
  input: Id.extend({ items: z.coerce.number().int().min(0).optional(), title: z.string().optional() }),
  async run(context, { id, items, title }) {
    const request = {
      ...(items === undefined ? {} : { items }),
      ...(title === undefined ? {} : { title }),
    };
    const made = await withHub(context, (hub) => hub.conversations.branch(id, request));
    context.result(made, () => `${made.id} goes on from ${id}.`);
  },
});

const remove = defineCommand({
  ...own,
  name: 'delete',
  summary: 'Delete a conversation for good',
  arguments: [ID],
  examples: [['hub conversations delete conv_5f2c', 'its branches stay']],
  input: Id,
  async run(context, { id }) {
    await withHub(context, (hub) => hub.conversations.delete(id));
    context.result({ id, deleted: true }, () => `${id} is deleted.`);
  },
});

const Formats = z.enum(['markdown', 'json']);
const exported = defineCommand({
  ...own,
  name: 'export',
  summary: 'Write a conversation out as Markdown or JSON',
  arguments: [ID],
  options: [['--format <format>', 'Default: markdown', { choices: Formats.options }]],
  examples: [['hub conversations export conv_5f2c > trip.md', 'for reading']],
  input: Id.extend({ format: Formats.default('markdown') }),
  async run(context, { id, format }) {
    const detail = await withHub(context, (hub) => hub.conversations.show(id));
    context.result(detail, () =>
      format === 'json' ? JSON.stringify(detail, undefined, 2) : toMarkdown(detail),
    );
  },
});

export const conversations = defineGroup({
  name: 'conversations',
  group: 'clients',
  summary: 'Conversations that the hub keeps',
  description:
    'Chats that name a conversation are kept until they are deleted: docs/chat.md says how. They can be shown, renamed, branched, written out and deleted.',
  verbs: [list, show, rename, branch, remove, exported],
  examples: [['hub conversations list', 'all that is kept']],
});
