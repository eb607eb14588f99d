import { expect, test } from 'vitest';
import type { ChatItem } from '../../kernel/ports.ts';
import { summaryEnd } from './summariser.ts';

const said = (role: 'user' | 'assistant', text = role): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text }],
});
const turns = (count: number): ChatItem[] =>
  Array.from({ length: count }, () => [said('user'), said('assistant')]).flat();

test('a summary is due with the 20th message, and leaves the last ones as they are', () => {
  expect(summaryEnd(turns(9), 0)).toBeUndefined();
  expect(summaryEnd([...turns(9), said('user')], 0)).toBeUndefined();
  expect(summaryEnd(turns(10), 0)).toBe(14);
});

test('what it already stands for does not count again', () => {
  expect(summaryEnd(turns(16), 14)).toBeUndefined();
  expect(summaryEnd(turns(17), 14)).toBe(28);
});

test('what stays begins with a question, so that no output stands without its call', () => {
  const calls: ChatItem[] = [
    said('user'),
    { type: 'function_call', callId: 'c', name: 'find', arguments: '{}' },
    { type: 'function_call_output', callId: 'c', output: 'found' },
    said('assistant'),
  ];
  const items = [...turns(7), ...calls, ...turns(2), said('assistant')];
  const end = summaryEnd(items, 0, 8) ?? 0;
  expect(items[end]).toEqual(said('user'));
  expect(items.slice(end).filter(({ type }) => type === 'function_call').length).toBe(
    items.slice(end).filter(({ type }) => type === 'function_call_output').length,
  );
});
