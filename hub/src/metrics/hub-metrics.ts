import { Metric } from './metric.ts';

/** Upper bounds in seconds, as the conventions advise for either. */
const OF_TOOLS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const OF_MODELS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const RATES = [1, 5, 10, 20, 40, 60, 80, 120, 200, 400];

const histogram = <Label extends string>(
  name: string,
  help: string,
  more: { labels: readonly Label[]; buckets: readonly number[] },
) => new Metric({ name, help, ...more, type: 'histogram' });
const counter = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
  new Metric({ name, help, labels, type: 'counter' });
const gauge = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
  new Metric({ name, help, labels, type: 'gauge' });

const model = ['gen_ai_provider_name', 'gen_ai_request_model'] as const;

/** What is counted as it happens. */
const counted = () => ({
  decisions: counter('hub_route_decisions_total', 'Decisions of the router.', ['category', 'tier']),
  complexity: histogram('hub_route_complexity', 'Complexity of questions.', {
    labels: ['category'],
    buckets: SHARES,
  }),
  models: counter('hub_route_models_total', 'Models chosen, by category.', ['category', 'tier', 'model']),
  delegations: counter('hub_delegations_total', 'Moves to another tier or model.', ['from', 'to', 'reason']),
  tools: histogram('mcp_server_operation_duration_seconds', 'Calls of tools.', {
    labels: ['mcp_method_name', 'gen_ai_tool_name', 'error_type'],
    buckets: OF_TOOLS,
  }),
  calls: counter('hub_server_calls_total', 'Calls of tools by server.', ['server', 'tool', 'outcome']),
  answers: histogram('gen_ai_client_operation_duration_seconds', 'Answers of models.', {
    labels: ['gen_ai_operation_name', ...model, 'error_type'],
    buckets: OF_MODELS,
  }),
  first: histogram(
    'gen_ai_client_operation_time_to_first_chunk_seconds',
    'Time to the first piece of an answer.',
    { labels: model, buckets: OF_MODELS },
  ),
  tokens: counter('gen_ai_client_tokens_total', 'Tokens that went to models and came from them.', [
    ...model,
    'gen_ai_token_type',
  ]),
  rate: histogram('hub_generation_tokens_per_second', 'Tokens of answers in a second.', {
    labels: model,
    buckets: RATES,
  }),
  context: histogram('hub_context_utilisation_ratio', 'Share of the context window that a question filled.', {
    labels: model,
    buckets: SHARES,
  }),
  full: counter(
    'hub_context_nearly_full_total',
    'Questions that filled nine tenths of a window or more.',
    model,
  ),
  cost: counter('hub_cost_usd_total', 'Dollars of answers.', model),
  cache: counter('hub_answer_cache_lookups_total', 'Looks for an answer that was given before.', ['result']),
  reward: histogram('hub_route_reward', 'Rewards of runs.', { labels: ['category'], buckets: SHARES }),
});

/** What is read when somebody asks. */
const readings = () => ({
  provider: gauge('hub_provider_up', 'Whether a provider answers: 1, or 0 while it fails or is left alone.', [
    'provider',
    'locality',
    'state',
  ]),
  modelMemory: gauge('hub_model_memory_bytes', 'Memory of this machine that a model takes.', [
    ...model,
    'tier',
  ]),
  modelParts: gauge('hub_model_memory_part_bytes', 'Of it, weights, and what contexts and buffers take.', [
    ...model,
    'part',
  ]),
  memory: gauge('hub_process_memory_bytes', 'Memory of processes (proportional set size).', ['process']),
  memoryParts: gauge('hub_process_memory_part_bytes', 'Of it, by where it comes from.', ['process', 'part']),
});

/** Every metric of a hub, empty. */
export const hubMetrics = () => ({ ...counted(), ...readings() });
export type HubMetrics = ReturnType<typeof hubMetrics>;
