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
  ['{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}},"a":1}', '{"a":1}'],
  ['{"a":1,"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"}"}}}', '{"a":1}'],
  [
    '{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"},"v":1},"a":1,"resultType":"complete"}',
    '{"_meta":{"v":1},"a":1}',
  ],
  ['{"a":1,"_meta":{"v":1,"io.modelcontextprotocol/serverInfo":{"name":"s"}}}', '{"a":1,"_meta":{"v":1}}'],
  [
    '{"a":{"_meta":{"io.modelcontextprotocol/serverInfo":{}}}}',
    '{"a":{"_meta":{"io.modelcontextprotocol/serverInfo":{}}}}',
  ],
  ['{"a":{"b":1,"resultType":"complete"},"resultType":"complete"}', '{"a":{"b":1,"resultType":"complete"}}'],
  ['{"a":{"b":1,"resultType":"complete"}}', '{"a":{"b":1,"resultType":"complete"}}'],
  [
    '{"a":",\\"resultType\\":\\"complete\\"","resultType":"complete"}',
    '{"a":",\\"resultType\\":\\"complete\\""}',
  ],
  ['{}', '{}'],
  ['{"a":"resultType"}', '{"a":"resultType"}'],
])('a legacy client gets %s as %s', (result, expected) => {
  expect(stripped(framed(result)).replaceAll(' ', '')).toBe(framed(expected).replaceAll(' ', ''));
  expect(stripped(`{"result":${result},"jsonrpc":"2.0","id":1}`).replaceAll(' ', '')).toBe(
    `{"result":${expected},"jsonrpc":"2.0","id":1}`.replaceAll(' ', ''),
  );
});

test('a result of any length is whole after what is cut, wherever the search ends', () => {
  const ends =
    ',"ttlMs":0,"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}';
  for (let length = 3_900; length < 4_200; length++)
    for (const frame of [
      framed(`{"a":"${'x'.repeat(length)}"${ends}}`),
      `{"result":{"a":"${'x'.repeat(length)}"${ends}},"jsonrpc":"2.0","id":1}`,
    ])
      expect(JSON.parse(stripped(frame))).toMatchObject({ id: 1, result: { a: 'x'.repeat(length) } });
});

test('of a long result both ends are looked at, and no text in it', () => {
  const text = 'x'.repeat(5_000);
  const ends = ',"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}';
  expect(stripped(framed(`{"resultType":"complete","a":"${text}"${ends}}`))).toBe(framed(`{"a":"${text}"}`));
  expect(stripped(`{"result":{"a":"${text}"${ends}},"jsonrpc":"2.0","id":1}`)).toBe(
    `{"result":{"a":"${text}"},"jsonrpc":"2.0","id":1}`,
  );
  for (const kept of [
    `{"a":"${text}","resultType":"complete","b":1}`,
    `{"a":"${text}","b":{"c":1${ends}}}`,
    JSON.stringify({ a: `${text}${ends}}}` }),
  ])
    expect(stripped(framed(kept))).toBe(framed(kept));
});
