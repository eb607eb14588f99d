import { expect, test } from 'vitest';
import { joinText } from './frame.ts';
import { modernMembers } from './modern-members.ts';

const stripped = (text: string): string => {
  const frame = Buffer.from(text);
  const idStart = frame.indexOf('"id":1') + 5;
  const reply = { kind: 'frame', frame, idStart, idEnd: idStart + 1, isError: false, era: 'modern' } as const;
  const latin1 = frame.toString('latin1');
  const cuts = modernMembers(reply);
  expect(joinText(latin1, modernMembers({ ...reply, text: latin1 }))).toBe(joinText(latin1, cuts));
  return Buffer.from(joinText(latin1, cuts), 'latin1').toString();
};
const framed = (result: string): string => `{"jsonrpc":"2.0","id":1,"result":${result}}`;

test.each([
  ['{"resultType":"complete","content":[]}', '{"content":[]}'],
  ['{"content":[{"resultType":1}],"resultType":"complete"}', '{"content":[{"resultType":1}]}'],
  ['{ "a":1 , "ttlMs":0 ,\t"b":{"ttlMs":2} , "cacheScope":"private" }', '{ "a":1 ,"b":{"ttlMs":2} }'],
  [
    '{"a":"}\\",\\"ttlMs\\"","ttlMs":0,"cacheScope":"private","resultType":"complete"}',
    '{"a":"}\\",\\"ttlMs\\""}',
  ],
  ['{"resultType":"complete"}', '{}'],
  [
    '{"resultType":"complete","content":[{"text":"größer, \\"ttlMs\\""}]}',
    '{"content":[{"text":"größer, \\"ttlMs\\""}]}',
  ],
  ['{"resultType":"complete","a":1,"ttlMs":0}', '{"a":1}'],
  ['{"resultType":"complete","_meta":{}}', '{"_meta":{}}'],
  ['{}', '{}'],
  ['{"a":"resultType"}', '{"a":"resultType"}'],
])('a legacy client gets %s as %s', (result, expected) => {
  expect(stripped(framed(result)).replaceAll(' ', '')).toBe(framed(expected).replaceAll(' ', ''));
  expect(stripped(`{"result":${result},"jsonrpc":"2.0","id":1}`).replaceAll(' ', '')).toBe(
    `{"result":${expected},"jsonrpc":"2.0","id":1}`.replaceAll(' ', ''),
  );
});

test('what stands behind four kilobytes is not searched for', () => {
  const long = framed(`{"a":"${'x'.repeat(5_000)}","resultType":"complete"}`);
  expect(stripped(long)).toBe(long);
});
