import { hubError, type RouteRecord } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

const own = { parent: 'route', group: 'hub' } as const;

const explain = defineCommand({
  ...own,
  name: 'explain',
  summary: 'Say which model answers something, and why',
  description:
    'With a text: which model would answer it now; nobody is asked, and nothing is kept. With --last or --id: a decision that was made, with all that spoke for it and how it ended.',
  arguments: [['[text]', 'What somebody might ask']],
  options: [
    ['--last', 'The last decision'],
    ['--id <id>', 'A decision of `hub route list`'],
    ['--model <model>', 'As if this was asked for: hub/auto, hub/heavy, a model'],
  ],
  examples: [
    ['hub route explain "refactor this class"', 'its kind, difficulty, tier and model'],
    ['hub route explain --last', 'what was decided last'],
  ],
  input: z.object({
    text: z.string().optional(),
    last: z.boolean().default(false),
    id: z.string().optional(),
    model: z.string().optional(),
  }),
  async run(context, { text, last, id, model }) {
    const known = last ? 'last' : id;
    if ((text === undefined) === (known === undefined))
      throw hubError('USAGE', { detail: 'a text, --last or --id is needed', command: 'hub route explain' });
    const record = await withHub(context, (hub) =>
      known === undefined ? hub.routing.explain({ text: text ?? '', model }) : hub.routing.show(known),
    );
    context.result(record, () => render(record, context));
  },
});

function render(record: RouteRecord, { paint }: Context): string {
  const { classification: what, delegated, outcome } = record;
  const needs = [
    ...(what.needs.tools ? ['tools'] : []),
    ...(what.needs.images ? ['images'] : []),
    ...(what.needs.local ? ['a local model'] : []),
    `${what.needs.contextTokens} tokens`,
  ];
  return [
    `${paint.strong(record.model)}  tier ${record.tier}${record.pinned === undefined ? '' : `, ${record.pinned}`}`,
    `  ${what.category}, complexity ${what.complexity}, needs ${needs.join(', ')}`,
    ...(delegated ? [`  moved from ${delegated.from} to ${delegated.to}: ${delegated.reason}`] : []),
    ...Object.entries(what.signals).map(([name, value]) => paint.faint(`  ${name}: ${value}`)),
    ...(record.fallbacks.length > 0 ? [`  after it: ${record.fallbacks.join(', ')}`] : []),
    ...record.excluded.map(({ model, why }) => `  ${paint.warn('not')} ${model}: ${why}`),
    ...(outcome
      ? [
          `  ${outcome.outcome} after ${duration(outcome.durationMs)}, $${outcome.costUsd}, reward ${outcome.reward.toFixed(3)}`,
        ]
      : []),
    paint.faint(`  ${record.id}, decided in ${record.tookMs} ms`),
  ].join('\n');
}

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List decisions, the newest first',
  options: [['--limit <number>', 'How many; default: 20']],
  examples: [['hub route list', 'which models answered, and why']],
  input: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(20) }),
  async run(context, { limit }) {
    const routes = await withHub(context, (hub) => hub.routing.list(limit));
    context.result({ routes }, () => renderList(routes, context));
  },
});

function renderList(routes: readonly RouteRecord[], { paint, io }: Context): string {
  if (routes.length === 0)
    return 'No decisions yet: they are made when somebody chats. `hub route explain "…"` tries one.';
  const rows = routes.map(({ id, at, classification, tier, model, delegated, outcome }) => [
    paint.faint(id),
    `${duration(Date.now() - Date.parse(at))} ago`,
    classification.category,
    String(classification.complexity),
    tier,
    paint.strong(model),
    delegated?.reason ?? '',
    outcome?.outcome ?? '',
  ]);
  const heads = ['DECISION', 'WHEN', 'KIND', 'COMPLEXITY', 'TIER', 'MODEL', 'MOVED FOR', 'ENDED'];
  return renderTable(heads.map(paint.faint), rows, io.width);
}

export const route = defineGroup({
  name: 'route',
  group: 'hub',
  summary: 'Show which model answers what, and why',
  description:
    'Every chat is answered by the model that fits: by difficulty, kind, place, price and how models do. `routing` in hub.config.json says what fits.',
  verbs: [explain, list],
  examples: [
    ['hub route explain "what is the capital of Peru?"', 'the model that would answer'],
    ['hub route list', 'the last decisions'],
  ],
});
