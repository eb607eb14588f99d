import type { EndpointMetrics } from '@counterpart/schemas';
import type {
  CacheLookup,
  CallPolicy,
  ModelInfo,
  ProviderHealth,
  RouteMeter,
  RouteOutcome,
} from '../kernel/ports.ts';
import { type HubMetrics, hubMetrics } from './hub-metrics.ts';

/** What is read when somebody asks, instead of being counted. */
export interface Readings {
  readonly models: readonly ModelInfo[];
  /** The first tier that a model is of. */
  readonly tierOf: (model: ModelInfo) => string | undefined;
  readonly health: readonly ProviderHealth[];
  /** Of processes by what they are, `hub` or `server:<id>`. */
  readonly memory: ReadonlyMap<string, ProcessMemory>;
}

/** Bytes of a process and its descendants: `pss` (proportional set size) is the sum of the others. */
export interface ProcessMemory {
  readonly pss: number;
  readonly anonymous: number;
  readonly mapped: number;
  readonly shared: number;
}

/** The numbers of a hub: names after OpenTelemetry's conventions for MCP and generative AI where they have one. */
export interface Metrics {
  readonly router: RouteMeter;
  /** Hears how every call of a tool ended. */
  readonly policy: CallPolicy;
  /** Hears of every look for an answer that was given before. */
  readonly cache: (lookup: CacheLookup) => void;
  /** In the text format of Prometheus. */
  render(readings: Readings): string;
  summary(): EndpointMetrics;
  /** Whether a tool was called or a question answered. */
  isUsed(): boolean;
}

/** From this share of a context window on, it is counted as nearly full. */
const NEARLY_FULL = 0.9;

export function createMetrics(): Metrics {
  const all = hubMetrics();
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
    cache: (result) => all.cache.add({ result }),
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
    isUsed: () => totals.tools.size > 0 || totals.runs > 0,
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

function countAnswer(all: HubMetrics, outcome: RouteOutcome, contextTokens: number | undefined): void {
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

function take(all: HubMetrics, readings: Readings): void {
  const { models, health } = readings;
  for (const metric of [all.provider, all.modelMemory, all.modelParts, all.memory, all.memoryParts])
    metric.clear();
  for (const { provider, state } of health) {
    const isLocal = models.some((model) => model.provider === provider && model.isLocal);
    const up = state === 'failing' || state === 'open' ? 0 : 1;
    all.provider.set({ provider, locality: isLocal ? 'local' : 'remote', state }, up);
  }
  takeMemory(all, readings);
}

/** Providers say it in units of 2^20 bytes. */
const BYTES_OF_MB = 1_048_576;

function takeMemory(all: HubMetrics, { models, tierOf, memory }: Readings): void {
  for (const model of models) {
    const { id, memoryMb, weightsMb } = model;
    if (memoryMb === undefined) continue;
    const labels = labelsOf(id);
    all.modelMemory.set({ ...labels, tier: tierOf(model) ?? '' }, memoryMb * BYTES_OF_MB);
    if (weightsMb === undefined) continue;
    all.modelParts.set({ ...labels, part: 'weights' }, weightsMb * BYTES_OF_MB);
    all.modelParts.set({ ...labels, part: 'context' }, Math.max(0, memoryMb - weightsMb) * BYTES_OF_MB);
  }
  for (const [process, { pss, ...parts }] of memory) {
    all.memory.set({ process }, pss);
    for (const [part, bytes] of Object.entries(parts)) all.memoryParts.set({ process, part }, bytes);
  }
}
