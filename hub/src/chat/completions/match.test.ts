import { expect, test } from 'vitest';
import type { ChatItem } from '../../kernel/ports.ts';
import { matchHistory } from './match.ts';

const say = (role: 'user' | 'assistant' | 'system', text: string): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text }],
});
const call: ChatItem = { type: 'function_call', callId: 'c', name: 'look', arguments: '{}' };
const output: ChatItem = { type: 'function_call_output', callId: 'c', output: 'seen' };
const [q1, a1, q2, a2] = [
  say('user', 'Q1'),
  say('assistant', 'A1'),
  say('user', 'Q2'),
  say('assistant', 'A2'),
];

test.each([
  ['the first question', [], [say('system', 'S'), q1], { kept: 0, added: [q1] }],
  ['a client that sends what is new only', [q1, a1], [q2], { kept: 2, added: [q2] }],
  ['the same word twice in a row', [q1, a1], [q1], { kept: 2, added: [q1] }],
  ['a client that sends all', [q1, a1], [q1, a1, q2], { kept: 2, added: [q2] }],
  [
    'calls of the hub that the client does not know',
    [q1, call, output, a1],
    [q1, a1, q2],
    { kept: 4, added: [q2] },
  ],
  ['an answer of its own tool', [q1, call], [q1, call, output], { kept: 2, added: [output] }],
  ['an answer that was asked for again', [q1, a1, q2, a2], [q1, a1, q2], { kept: 3, added: [] }],
  [
    'a question that was edited',
    [q1, a1, q2, a2],
    [q1, a1, say('user', 'Q')],
    { kept: 2, added: [say('user', 'Q')] },
  ],
  ['another conversation altogether', [q1, a1], [q2, a2, q1], { kept: 0, added: [q2, a2, q1] }],
])('what is new is told apart: %s', (_, kept, sent, match) => {
  expect(matchHistory(kept, sent)).toEqual(match);
});
