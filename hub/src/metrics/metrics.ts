import type { EndpointMetrics } from '@counterpart/schemas';
import type { CallPolicy, ModelInfo, ProviderHealth, RouteMeter, RouteOutcome } from '../kernel/ports.ts';
import { Metric } from './metric.ts';

/** What is read when somebody asks, instead of being counted. */
export interface Readings {
  readonly models: readonly ModelInfo[];
  readonly health: readonly ProviderHealth[];
  /** Of processes by what they are, in bytes. */
  readonly memory: Readonly<Record<string, number>>;
}

/** The numbers of a hub: names after OpenTelemetry's conventions for MCP and generative AI where they have one. */
export interface Metrics {
  readonly router: RouteMeter;
  /** Hears how every call of a tool ended. */
  readonly policy: CallPolicy;
  /** In the text format of Prometheus. */
  render(readings: Readings): string;
  summary(): EndpointMetrics;
}

/** Upper bounds in seconds, as the conventions advise for either. */
const OF_TOOLS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const OF_MODELS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const RATES = [1, 5, 10, 20, 40, 60, 80, 120, 200, 400];
/** From this share of a context window on, it is counted as nearly full. */
const NEARLY_FULL = 0.9;

const histogram = <Label extends string>(
  name: string,
  help: string,
  more: { labels: readonly Label[]; buckets: readonly number[] },
) => new Metric({ name, help, ...more, type: 'histogram' });
const counter = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
  new Metric({ name, help, labels, type: 'counter' });
const gauge = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
  new Metric({ name, help, labels, type: 'gauge' });

function allMetrics() {
  const model = ['gen_ai_provider_name', 'gen_ai_request_model'] as const;
  return {
    decisions: counter('hub_route_decisions_total', 'Decisions of the router.', ['category', 'tier']),
    complexity: histogram('hub_route_complexity', 'Complexity of questions.', {
      labels: ['category'],
      buckets: SHARES,
    }),
    models: counter('hub_route_models_total', 'Models chosen, by category.', ['category', 'tier', 'model']),
    delegations: counter('hub_delegations_total', 'Moves to another tier or model.', [
      'from',
      'to',
      'reason',
    ]),
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
    context: histogram(
      'hub_context_utilisation_ratio',
      'Share of the context window that a question filled.',
      { labels: model, buckets: SHARES },
    ),
    full: counter(
      'hub_context_nearly_full_total',
      'Questions that filled nine tenths of a window or more.',
      model,
    ),
    cost: counter('hub_cost_usd_total', 'Dollars of answers.', model),
    reward: histogram('hub_route_reward', 'Rewards of runs.', { labels: ['category'], buckets: SHARES }),
    provider: gauge(
      'hub_provider_up',
      'Whether a provider answers: 1, or 0 while it fails or is left alone.',
      ['provider', 'locality', 'state'],
    ),
    modelMemory: gauge('hub_model_memory_bytes', 'Memory of this machine that a model takes.', [...model]),
    memory: gauge('hub_process_memory_bytes', 'Memory of processes (proportional set size).', ['process']),
  };
}

type All = ReturnType<typeof allMetrics>;

export function createMetrics(): Metrics {
  const all = allMetrics();
  const totals = { runs: 0, good: 0, latencyMs: 0, costUsd: 0, tools: new Map<string, number>() };
  return {
    router: {
      decided({ classification: { category, complexity }, tier, model, delegated }) {
        all.decisions.add({ category, tier });
        all.complexity.observe({ category }, complexity);
        all.models.add({ category, tier, model });
        if (delegated) all.delegations.add(delegated);
      },
      ended({ classification: { category } }, outcome, { reward, contextTokens }) {
        countAnswer(all, outcome, contextTokens);
        all.reward.observe({ category }, reward);
        totals.runs += 1;
        totals.good += outcome.outcome === 'ok' ? 1 : 0;
        totals.latencyMs += outcome.durationMs;
        totals.costUsd += outcome.costUsd;
      },
    },
    policy: {
      observe({ route: { hubName, server, name } }, { kind, code, durationMs }) {
        const error = kind === 'ok' || kind === 'asked' ? '' : (code ?? kind);
        const labels = { mcp_method_name: CALLING, gen_ai_tool_name: hubName, error_type: error };
        all.tools.observe(labels, durationMs / 1_000);
        all.calls.add({ server, tool: name, outcome: kind });
        if (totals.tools.size < MOST_TOOLS || totals.tools.has(hubName))
          totals.tools.set(hubName, (totals.tools.get(hubName) ?? 0) + 1);
      },
    },
    render(readings) {
      take(all, readings);
      return `${Object.values(all)
        .flatMap((metric) => metric.render())
        .join('\n')}\n`;
    },
    summary: () => ({
      runs: totals.runs,
      ...(totals.runs > 0 && {
        successRate: totals.good / totals.runs,
        averageLatencyMs: totals.latencyMs / totals.runs,
      }),
      costUsd: totals.costUsd,
      toolFrequency: Object.fromEntries(totals.tools),
    }),
  };
}

/** The method of MCP by which tools are called. */
const CALLING = 'tools/call';
const MOST_TOOLS = 1_000;

/** Labels of a model's metrics, of its `<provider>/<model>`. */
function labelsOf(id: string) {
  const at = id.indexOf('/');
  return { gen_ai_provider_name: id.slice(0, Math.max(0, at)), gen_ai_request_model: id.slice(at + 1) };
}

function countAnswer(all: All, outcome: RouteOutcome, contextTokens: number | undefined): void {
  const labels = labelsOf(outcome.model);
  const { usage, durationMs, firstTokenMs } = outcome;
  const error = outcome.outcome === 'ok' ? '' : outcome.outcome;
  all.answers.observe({ ...labels, gen_ai_operation_name: 'chat', error_type: error }, durationMs / 1_000);
  all.tokens.add({ ...labels, gen_ai_token_type: 'input' }, usage.input);
  all.tokens.add({ ...labels, gen_ai_token_type: 'output' }, usage.output);
  all.cost.add(labels, outcome.costUsd);
  if (firstTokenMs !== undefined) all.first.observe(labels, firstTokenMs / 1_000);
  const writingMs = durationMs - (firstTokenMs ?? 0);
  if (usage.output > 0 && writingMs > 0) all.rate.observe(labels, (usage.output * 1_000) / writingMs);
  if (contextTokens === undefined || contextTokens <= 0) return;
  const share = (usage.input + usage.output) / contextTokens;
  all.context.observe(labels, share);
  if (share >= NEARLY_FULL) all.full.add(labels);
}

function take(all: All, { models, health, memory }: Readings): void {
  for (const metric of [all.provider, all.modelMemory, all.memory]) metric.clear();
  for (const { provider, state } of health) {
    const isLocal = models.some((model) => model.provider === provider && model.isLocal);
    const up = state === 'failing' || state === 'open' ? 0 : 1;
    all.provider.set({ provider, locality: isLocal ? 'local' : 'remote', state }, up);
  }
  for (const { id, memoryMb } of models)
    if (memoryMb !== undefined) all.modelMemory.set(labelsOf(id), memoryMb * 1_000_000);
  for (const [process, bytes] of Object.entries(memory)) all.memory.set({ process }, bytes);
}
