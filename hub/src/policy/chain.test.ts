import { hubError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { MemoryUpstream } from '../../../test/fixtures/gateway/memory-upstream.ts';
import type { CallPolicy, ToolCall } from '../kernel/ports.ts';
import { chainPolicies } from './chain.ts';

const tool = { server: 's', name: 't', hubName: 's__t', effect: 'read' } as const;
const upstream = new MemoryUpstream({});
const call: ToolCall = {
  route: { ...tool, upstream, definition: { name: 't', inputSchema: { type: 'object' } } },
  view: { kind: 'all' },
  via: 'mcp',
  caller: { era: 'modern', capabilities: {} },
  principal: 'owner',
  arguments: {},
};
const denial = (detail: string): CallPolicy => ({
  check: () => hubError('POLICY_DENIED', { tool: 's__t', detail }),
});

test('a chain of nothing has no members, so that a call pays for none', () => {
  expect(chainPolicies([])).toEqual({});
  expect(Object.keys(chainPolicies([denial('no'), {}]))).toEqual(['check']);
});

test('the first refusal counts, and one policy that hides is enough', () => {
  const chain = chainPolicies([{ check: () => undefined }, denial('first'), denial('second')]);
  expect(chain.check?.(call)?.message).toContain('first');
  const hiding = chainPolicies([{ visible: () => true }, { visible: () => false }]);
  expect(hiding.visible?.(tool, 'owner')).toBe(false);
});

test('every policy that observes is told', () => {
  const told: string[] = [];
  const chain = chainPolicies([
    { observe: (_, { kind }) => void told.push(`a ${kind}`) },
    { observe: (_, { kind }) => void told.push(`b ${kind}`) },
  ]);
  chain.observe?.(call, { kind: 'ok', durationMs: 1 });
  expect(told).toEqual(['a ok', 'b ok']);
});
