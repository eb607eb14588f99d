import type { Effect, ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { canaryCalls } from './canary.ts';

const tool = (name: string, required: readonly string[] = []): ToolDefinition => ({
  name,
  description: name,
  inputSchema: { type: 'object', properties: {}, required: [...required] },
});
const effects = (of: Readonly<Record<string, Effect>>) => (name: string) => of[name];

test('what was called last goes before what needs no argument, and each tool is called once', () => {
  const tools = [tool('get_player', ['tag']), tool('list_cards'), tool('get_clan', ['tag'])];
  const reads = effects({ get_player: 'read', list_cards: 'read', get_clan: 'read' });
  const recent = [
    { tool: 'get_player', input: { tag: '#1' } },
    { tool: 'gone', input: {} },
  ];
  expect(canaryCalls(tools, { now: reads, before: reads }, recent)).toEqual([
    { tool: 'get_player', input: { tag: '#1' } },
    { tool: 'list_cards', input: {} },
  ]);
});

test('a tool that one of the versions does not call reading is never tried', () => {
  const tools = [tool('turned'), tool('writes'), tool('added')];
  const now = effects({ turned: 'read', writes: 'write', added: 'read' });
  const before = effects({ turned: 'destructive', writes: 'read' });
  const recent = tools.map(({ name }) => ({ tool: name, input: {} }));
  expect(canaryCalls(tools, { now, before }, recent)).toEqual([{ tool: 'added', input: {} }]);
});
