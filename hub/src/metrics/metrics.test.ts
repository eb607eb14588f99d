import { expect, test } from 'vitest';
import type { RouteDecision } from '../kernel/ports.ts';
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
const nothing = { models: [], health: [], memory: {} };

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

test('a metric keeps so many sets of labels and counts the rest together', () => {
  const metric = new Metric({ name: 'm', help: 'h', labels: ['a'], type: 'counter' });
  for (let index = 0; index < 1_000; index += 1) metric.add({ a: `v${index}"\n` });
  const lines = metric.render();
  expect(lines.length).toBe(403);
  expect(lines.at(-1)).toBe('m{a="other"} 600');
  expect(lines[2]).toBe(String.raw`m{a="v0\"\n"} 1`);
});
