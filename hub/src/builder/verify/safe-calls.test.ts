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
