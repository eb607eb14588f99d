import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const own = { parent: 'memory', group: 'clients' } as const;
const KIND = ['--kind <kind>', 'Such as preference (the default) or server'] as const;

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List what models of later conversations are told',
  examples: [['hub memory list', 'all that is remembered']],
  input: z.object({}),
  async run(context) {
    const memory = await withHub(context, (hub) => hub.conversations.remembered());
    const rows = memory.map(({ kind, subject, text }) => [kind, context.paint.strong(subject), text]);
    context.result({ memory }, () =>
      rows.length === 0
        ? 'Nothing is remembered. `hub memory add <subject> <text>` adds a line.'
        : renderTable(['KIND', 'SUBJECT', 'TEXT'], rows, context.io.width),
    );
  },
});

const add = defineCommand({
  ...own,
  name: 'add',
  summary: 'Remember a line, or change the one of this subject',
  arguments: [
    ['<subject>', 'What it is about'],
    ['<text>', 'What models are told'],
  ],
  options: [KIND],
  examples: [['hub memory add units "Kilometres and degrees Celsius"', 'in every conversation from now on']],
  input: z.object({ subject: z.string(), text: z.string(), kind: z.string().default('preference') }),
  async run(context, entry) {
    const kept = await withHub(context, (hub) => hub.conversations.remember(entry));
    context.result(kept, () => `${kept.subject} is remembered.`);
  },
});

const forget = defineCommand({
  ...own,
  name: 'forget',
  summary: 'Forget a line',
  arguments: [['<subject>', 'What it is about']],
  options: [KIND],
  examples: [['hub memory forget units', 'models are no longer told']],
  input: z.object({ subject: z.string(), kind: z.string().default('preference') }),
  async run(context, { kind, subject }) {
    await withHub(context, (hub) => hub.conversations.forget(kind, subject));
    context.result({ kind, subject, forgotten: true }, () => `${subject} is forgotten.`);
  },
});

export const memory = defineGroup({
  name: 'memory',
  group: 'clients',
  summary: 'What models are told in every conversation',
  description:
    'Lines about the servers that were built here, and preferences of their owner. Models of later conversations are told them; each can be seen, changed and forgotten.',
  verbs: [list, add, forget],
  examples: [['hub memory list', 'all that is remembered']],
});
