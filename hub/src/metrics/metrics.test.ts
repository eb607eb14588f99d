import { expect, test } from 'vitest';
import type { CallOutcome, RouteDecision, ToolCall } from '../kernel/ports.ts';
import { verifies } from '../../../test/verifies.ts';
import { Metric } from './metric.ts';
import { createMetrics } from './metrics.ts';

const decision: RouteDecision = {
  id: '1',
  asked: 'hub/auto',
  classification: {
    category: 'code',
    complexity: 0.4,
    needs: { tools: false, images: false, local: false, contextTokens: 10 },
    signals: {},
  },
  tier: 'heavy',
  model: 'a/b',
  fallbacks: [],
  delegated: { from: 'standard', to: 'heavy', reason: 'complexity' },
  excluded: [],
  tookMs: 0.1,
};
const nothing = { models: [], tierOf: () => undefined, health: [], memory: new Map() };

test('decisions, moves and answers are counted as Prometheus reads them', () => {
  verifies('F03', 'F05', 'F07', 'F08', 'F09', 'F10', 'L01');
  const metrics = createMetrics();
  metrics.router.decided(decision);
  const outcome = {
    model: 'a/b',
    outcome: 'ok',
    firstTokenMs: 100,
    durationMs: 1_100,
    usage: { input: 900, output: 50 },
    costUsd: 0.25,
    toolCalls: [],
  } as const;
  metrics.router.ended(decision, outcome, { reward: 0.2, contextTokens: 1_000 });
  const text = metrics.render(nothing);
  for (const line of [
    'hub_route_decisions_total{category="code",tier="heavy"} 1',
    'hub_route_complexity_bucket{category="code",le="0.4"} 1',
    'hub_route_complexity_bucket{category="code",le="0.3"} 0',
    'hub_route_models_total{category="code",tier="heavy",model="a/b"} 1',
    'hub_delegations_total{from="standard",to="heavy",reason="complexity"} 1',
    'gen_ai_client_operation_duration_seconds_bucket{gen_ai_operation_name="chat",gen_ai_provider_name="a",gen_ai_request_model="b",error_type="",le="1.28"} 1',
    'gen_ai_client_operation_time_to_first_chunk_seconds_sum{gen_ai_provider_name="a",gen_ai_request_model="b"} 0.1',
    'hub_generation_tokens_per_second_sum{gen_ai_provider_name="a",gen_ai_request_model="b"} 50',
    'hub_context_utilisation_ratio_sum{gen_ai_provider_name="a",gen_ai_request_model="b"} 0.95',
    'hub_context_nearly_full_total{gen_ai_provider_name="a",gen_ai_request_model="b"} 1',
    'hub_cost_usd_total{gen_ai_provider_name="a",gen_ai_request_model="b"} 0.25',
  ])
    expect(text.split('\n')).toContain(line);
  expect(metrics.summary()).toEqual({
    runs: 1,
    successRate: 1,
    averageLatencyMs: 1_100,
    costUsd: 0.25,
    toolFrequency: {},
  });
});

const call = (hubName: string) =>
  ({
    route: { hubName, server: 'shop', name: hubName.slice(6) },
    via: 'mcp',
    principal: 'owner',
  }) as unknown as ToolCall; // The metrics read no more of a call.

test('calls of tools are timed by what became of them, and counted', () => {
  verifies('F06', 'L06');
  const metrics = createMetrics();
  const observe = (name: string, outcome: CallOutcome) => metrics.policy.observe?.(call(name), outcome);
  observe('shop__find', { kind: 'ok', durationMs: 15 });
  observe('shop__find', { kind: 'tool-error', durationMs: 300 });
  observe('shop__find', { kind: 'failed', code: 'UPSTREAM_LOST', durationMs: 40_000 });
  observe('shop__buy', { kind: 'asked', durationMs: 1 });
  const lines = metrics.render(nothing).split('\n');
  const labels = (tool: string, error: string) =>
    `{mcp_method_name="tools/call",gen_ai_tool_name="${tool}",error_type="${error}"`;
  for (const line of [
    `mcp_server_operation_duration_seconds_bucket${labels('shop__find', '')},le="0.02"} 1`,
    `mcp_server_operation_duration_seconds_bucket${labels('shop__find', '')},le="0.01"} 0`,
    `mcp_server_operation_duration_seconds_count${labels('shop__find', 'tool-error')}} 1`,
    `mcp_server_operation_duration_seconds_sum${labels('shop__find', 'UPSTREAM_LOST')}} 40`,
    `mcp_server_operation_duration_seconds_count${labels('shop__buy', '')}} 1`,
  ])
    expect(lines).toContain(line);
  expect(metrics.summary().toolFrequency).toEqual({ shop__find: 3, shop__buy: 1 });
});

test('a failed answer is timed apart, with its tokens; looks into the cache are counted', () => {
  verifies('L06');
  const metrics = createMetrics();
  metrics.router.ended(
    decision,
    {
      model: 'a/b',
      outcome: 'failed',
      durationMs: 2_000,
      usage: { input: 7, output: 0 },
      costUsd: 0,
      toolCalls: [],
    },
    { reward: 0, contextTokens: undefined },
  );
  metrics.cache('miss');
  metrics.cache('exact');
  metrics.cache('exact');
  const lines = metrics.render(nothing).split('\n');
  for (const line of [
    'gen_ai_client_operation_duration_seconds_sum{gen_ai_operation_name="chat",gen_ai_provider_name="a",gen_ai_request_model="b",error_type="failed"} 2',
    'gen_ai_client_tokens_total{gen_ai_provider_name="a",gen_ai_request_model="b",gen_ai_token_type="input"} 7',
    'hub_answer_cache_lookups_total{result="exact"} 2',
    'hub_answer_cache_lookups_total{result="miss"} 1',
  ])
    expect(lines).toContain(line);
});

test('memory is told of processes and models, by tier and by what takes it', () => {
  verifies('F12', 'F36');
  const model = {
    id: 'own/llama',
    provider: 'own',
    model: 'llama',
    isLocal: true,
    contextTokens: 8_192,
    takesTools: true,
    takesImages: false,
    price: { input: 0, output: 0 },
    memoryMb: 3_072,
    weightsMb: 2_048,
  };
  const use = { pss: 60, anonymous: 40, mapped: 15, shared: 5 };
  const lines = createMetrics()
    .render({
      models: [model, { ...model, id: 'far/one', memoryMb: undefined }],
      tierOf: ({ id }) => (id === 'own/llama' ? 'standard' : 'ultra'),
      health: [],
      memory: new Map([['server:shop', use]]),
    })
    .split('\n')
    .filter((line) => line.includes('memory') && !line.startsWith('#'));
  expect(lines).toEqual([
    'hub_model_memory_bytes{gen_ai_provider_name="own",gen_ai_request_model="llama",tier="standard"} 3221225472',
    'hub_model_memory_part_bytes{gen_ai_provider_name="own",gen_ai_request_model="llama",part="weights"} 2147483648',
    'hub_model_memory_part_bytes{gen_ai_provider_name="own",gen_ai_request_model="llama",part="context"} 1073741824',
    'hub_process_memory_bytes{process="server:shop"} 60',
    'hub_process_memory_part_bytes{process="server:shop",part="anonymous"} 40',
    'hub_process_memory_part_bytes{process="server:shop",part="mapped"} 15',
    'hub_process_memory_part_bytes{process="server:shop",part="shared"} 5',
  ]);
});

test('a metric keeps so many sets of labels and counts the rest together', () => {
  const metric = new Metric({ name: 'm', help: 'h', labels: ['a'], type: 'counter' });
  for (let index = 0; index < 1_000; index += 1) metric.add({ a: `v${index}"\n` });
  const lines = metric.render();
  expect(lines.length).toBe(403);
  expect(lines.at(-1)).toBe('m{a="other"} 600');
  expect(lines[2]).toBe(String.raw`m{a="v0\"\n"} 1`);
});
