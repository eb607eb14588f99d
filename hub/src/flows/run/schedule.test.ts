import type { FlowStepState } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { readFlow } from '../document/read-flow.ts';
import { nextNodes } from './schedule.ts';

const { flow } = readFlow(
  'flows/test.yaml',
  'test',
  'nodes:\n  a: { code: return 1 }\n  b: { code: return 1 }\n  c: { messages: "${nodes.a.output} ${nodes.b.output ?? 0}" }\n  d: { messages: "${nodes.c.output}" }\n  e: { messages: "${nodes.d.output ?? 0}", after: [c] }\n',
);
const next = (states: Readonly<Record<string, FlowStepState>>, busy: readonly string[] = []) =>
  nextNodes(flow?.plan ?? new Map(), new Map(Object.entries(states)), new Set(busy));

test('nodes that need nothing of each other begin together', () => {
  expect(next({})).toEqual({ start: ['a', 'b'], skip: [] });
  expect(next({ a: 'done' }, ['b'])).toEqual({ start: [], skip: [] });
  expect(next({ a: 'done', b: 'done' })).toEqual({ start: ['c'], skip: [] });
});

test('a node is skipped with what it needs, and goes on without what it only asks for', () => {
  expect(next({ a: 'done', b: 'skipped' })).toEqual({ start: ['c'], skip: [] });
  expect(next({ a: 'skipped', b: 'done' })).toEqual({
    start: [],
    skip: [{ node: 'c', reason: 'a was skipped' }],
  });
  expect(next({ a: 'skipped', b: 'done', c: 'skipped', d: 'skipped' }).start).toEqual(['e']);
});

test('what waits for a person holds up only what needs it; what was decided begins', () => {
  expect(next({ a: 'waiting', b: 'done' })).toEqual({ start: [], skip: [] });
  expect(next({ a: 'approved', b: 'done' }).start).toEqual(['a']);
  expect(next({ a: 'running', b: 'done' }).start).toEqual(['a']);
});
