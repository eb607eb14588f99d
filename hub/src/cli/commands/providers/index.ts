import type { ProviderCheck, ProviderSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

/** Something is not as it should be with a provider. */
const NOT_WELL = 5;

const list = defineCommand({
  name: 'list',
  parent: 'providers',
  group: 'hub',
  summary: 'List the providers of models, their models and how they do',
  examples: [['hub providers list', 'nothing is asked of a provider for this']],
  input: z.object({}),
  async run(context) {
    const found = await withHub(context, (hub) => hub.providers.list());
    context.result(found, () => renderList(context, found.providers));
  },
});

const test = defineCommand({
  name: 'test',
  parent: 'providers',
  group: 'hub',
  summary: 'Ask providers whether they take their key and have their models',
  description:
    'Asks each provider for its list of models with the key that is stored. One without such a list is asked a question of one word. Exits with 5 when a provider does not answer, refuses its key, or does not have a model that is configured.',
  arguments: [['[name]', 'One provider; all of them unless it is given']],
  examples: [
    ['hub providers test', 'all of them'],
    ['hub providers test local', 'one, as it is named under `providers`'],
  ],
  input: z.object({ name: z.string().optional() }),
  async run(context, { name }) {
    const checks = await withHub(context, async (hub) => {
      const names =
        name === undefined ? (await hub.providers.list()).providers.map((one) => one.name) : [name];
      return await Promise.all(names.map((one) => hub.providers.test(one)));
    });
    context.result({ checks }, () => renderChecks(context, checks));
    return checks.every(({ ok }) => ok) ? 0 : NOT_WELL;
  },
});

const NONE =
  'No provider is configured. Add one under `providers` in hub.config.json, such as "local": { "kind": "ollama" }.';

function renderList({ paint, io }: Context, providers: readonly ProviderSummary[]): string {
  if (providers.length === 0) return NONE;
  const rows = providers.map(({ name, kind, isLocal, key, models, health }) => [
    paint.strong(name),
    kind,
    isLocal ? 'local' : 'remote',
    key === 'missing' ? paint.bad('missing') : key === 'none' ? paint.faint('none') : 'configured',
    health.state === 'ok' || health.state === 'unknown' ? health.state : paint.bad(health.state),
    models.map(({ model }) => model).join(', ') || paint.faint('as it lists them'),
  ]);
  const head = ['PROVIDER', 'KIND', 'RUNS', 'KEY', 'STATE', 'MODELS'].map(paint.faint);
  const problems = providers.flatMap(({ name, health }) =>
    health.problem === undefined ? [] : [`${paint.strong(name)}: ${health.problem}`],
  );
  return [renderTable(head, rows, io.width), ...(problems.length === 0 ? [] : ['', ...problems])].join('\n');
}

function renderChecks({ paint }: Context, checks: readonly ProviderCheck[]): string {
  if (checks.length === 0) return NONE;
  return checks
    .flatMap(({ provider, ok, tookMs, models, missing, problem }) => [
      `${paint.strong(provider)}  ${ok ? paint.good('answers') : paint.bad('does not do')}  ${paint.faint(`${tookMs} ms`)}`,
      ...(problem === undefined ? [] : [`  ${problem.message}`, `  ${paint.faint(problem.fix)}`]),
      ...missing.map((name) => `  It has no model ${name}.`),
      ...(problem === undefined ? models : []).map((model) => `  ${model.id}  ${paint.faint(facts(model))}`),
    ])
    .join('\n');
}

function facts({
  use,
  contextTokens,
  takesTools,
  takesImages,
  price,
  priceKnown,
  memoryMb,
}: ProviderCheck['models'][number]): string {
  const parts = [
    use === 'embedding' ? 'embeddings' : `${contextTokens} tokens`,
    ...(takesTools && use !== 'embedding' ? ['tools'] : []),
    ...(takesImages ? ['images'] : []),
    ...(memoryMb === undefined ? [] : [`${memoryMb} MB`]),
    priceKnown === false
      ? 'price unknown'
      : price.input + price.output === 0
        ? 'free'
        : `$${price.input} / $${price.output} per million`,
  ];
  return parts.join(', ');
}

export const providers = defineGroup({
  name: 'providers',
  group: 'hub',
  summary: 'Providers of language models: what is configured, and whether it works',
  description:
    'Providers of language models stand under `providers` in hub.config.json: local programs such as Ollama, llama.cpp, vLLM and LM Studio, and services such as OpenAI, Anthropic, Gemini, Perplexity and Mistral. A change there counts for the next question.',
  verbs: [list, test],
  examples: [
    ['hub providers list', 'what is configured, and how it does'],
    ['hub providers test', 'asks each of them'],
  ],
});
