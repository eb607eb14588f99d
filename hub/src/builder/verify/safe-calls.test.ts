import { expect, test } from 'vitest';
import type { Effect } from '@counterpart/schemas';
import { safeCalls } from './safe-calls.ts';

const tool = (name: string, required: string[] = [], properties: Record<string, unknown> = {}) => ({
  name,
  inputSchema: { type: 'object' as const, required, properties },
});
const effects: Record<string, Effect> = { remove: 'destructive' };

test('only what reads is tried, with nothing or with what its description declares as examples', () => {
  const tools = [
    tool('get_player', ['tag'], { tag: { type: 'string', examples: ['#2ABC', '#3'] } }),
    tool('search', ['words'], { words: { type: 'string' } }),
    tool('list_page', ['page'], { page: { default: 1 } }),
    tool('remove'),
    tool('list'),
  ];
  expect(safeCalls(tools, (name) => effects[name] ?? 'read')).toEqual([
    { tool: 'list', input: {} },
    { tool: 'get_player', input: { tag: '#2ABC' } },
    { tool: 'list_page', input: { page: 1 } },
  ]);
});

test('a written tool is tried with the first whole input that it declares', () => {
  const compare = tool('compare', ['first', 'second'], { first: {}, second: {} });
  const declaring = (examples: unknown) => ({
    ...compare,
    inputSchema: { ...compare.inputSchema, examples },
  });
  const read = () => 'read' as const;
  const input = { first: 'Rome', second: 'Oslo' };
  expect(safeCalls([declaring([{ first: 'Rome' }, input])], read)).toEqual([{ tool: 'compare', input }]);
  expect(safeCalls([declaring([{ first: 'Rome' }])], read)).toEqual([]);
  expect(safeCalls([declaring('Rome and Oslo')], read)).toEqual([]);
});
