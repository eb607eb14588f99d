import { expect, test } from 'vitest';
import type { ChatItem } from '../../kernel/ports.ts';
import { truncated } from './truncate.ts';

const says = (role: 'system' | 'user' | 'assistant', text: string): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text }],
});
const long = 'word '.repeat(80); // About a hundred tokens.
const exchange: readonly ChatItem[] = [
  says('user', long),
  { type: 'function_call', callId: 'a', name: 'look', arguments: '{}' },
  { type: 'function_call_output', callId: 'a', output: long },
  says('assistant', long),
];
const rules = says('system', 'Be short.');
const last = says('user', 'And now?');
const items = [rules, ...exchange, ...exchange, ...exchange, last];

test('what fits is left as it is', () => {
  expect(truncated(items, 10_000)).toBe(items);
});

test('the oldest exchanges go first and whole, while instructions and the last question stay', () => {
  expect(truncated(items, 1_000)).toEqual([rules, ...exchange, ...exchange, last]);
  expect(truncated(items, 500)).toEqual([rules, ...exchange, last]);
  expect(truncated(items, 10)).toEqual([rules, last]);
});

test('a single question that is too long is left for the model to refuse', () => {
  const one = [rules, says('user', long)];
  expect(truncated(one, 10)).toBe(one);
});
