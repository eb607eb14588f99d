import { expect, test } from 'vitest';
import { RecentCalls } from './recent-calls.ts';

test('the last arguments of each tool are there, the latest call first', () => {
  const recent = new RecentCalls();
  recent.note('arena', 'get_player', { tag: '#1' });
  recent.note('arena', 'list_cards', undefined);
  recent.note('arena', 'get_player', { tag: '#2' });
  recent.note('other', 'ping', {});
  expect(recent.of('arena')).toEqual([
    { tool: 'get_player', input: { tag: '#2' } },
    { tool: 'list_cards', input: {} },
  ]);
});

test('what is no object, large, or made of parts is not kept; nor are more tools than fifty', () => {
  const recent = new RecentCalls();
  for (const input of ['text', [1], 7, { text: 'a'.repeat(5_000) }, { of: { many: 'parts' } }])
    recent.note('arena', 'odd', input);
  expect(recent.of('arena')).toEqual([]);
  for (let at = 0; at < 60; at += 1) recent.note('arena', `tool_${at}`, {});
  expect(recent.of('arena').map(({ tool }) => tool)).toHaveLength(50);
  expect(recent.of('arena')[0]?.tool).toBe('tool_59');
});
