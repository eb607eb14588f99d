import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const own = { parent: 'cache', group: 'clients' } as const;
const SHOWN = 60;

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List answers that are given again',
  examples: [['hub cache list', 'questions, models, and how often each answer was given again']],
  input: z.object({}),
  async run(context) {
    const answers = await withHub(context, (hub) => hub.conversations.cached());
    const rows = answers.map(({ question, model, principal, hits, expiresAt }) => [
      context.paint.strong(question.slice(0, SHOWN)),
      model,
      principal,
      String(hits),
      expiresAt,
    ]);
    context.result({ answers }, () =>
      rows.length === 0
        ? 'No answer is kept. `"chat": { "cache": { "enabled": true } }` in hub.config.json keeps them.'
        : renderTable(['QUESTION', 'MODEL', 'PRINCIPAL', 'HITS', 'UNTIL'], rows, context.io.width),
    );
  },
});

const clear = defineCommand({
  ...own,
  name: 'clear',
  summary: 'Drop answers, so that models are asked again',
  options: [['--principal <name>', 'Only those that were given to it']],
  examples: [['hub cache clear', 'every question goes to a model again']],
  input: z.object({ principal: z.string().optional() }),
  async run(context, { principal }) {
    const cleared = await withHub(context, (hub) => hub.conversations.clearCache(principal));
    context.result({ cleared }, () => `${cleared} ${cleared === 1 ? 'answer was' : 'answers were'} dropped.`);
  },
});

export const cache = defineGroup({
  name: 'cache',
  group: 'clients',
  summary: 'Answers of chats that are given again',
  description:
    'With `chat.cache` switched on, the same question of the same principal to the same model, with the same tools and conversation, is answered without asking the model. Answers that changed something are never kept.',
  verbs: [list, clear],
  examples: [
    ['hub cache list', 'what is kept'],
    ['hub cache clear', 'begin anew'],
  ],
});
