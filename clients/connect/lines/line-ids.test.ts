import { expect, test } from 'vitest';
import { answeredId, calledId, type Line } from './line-ids.ts';

/** As it stands among others. */
function amongOthers(text: string): Line {
  const bytes = Buffer.from(`{"jsonrpc":"2.0","id":"before","result":{}}\n${text}\n{"id":"after"}\n`);
  const from = bytes.indexOf('\n') + 1;
  return { bytes, from, to: from + Buffer.byteLength(text) };
}
const idIn = (line: string) => answeredId(amongOthers(line));

test('the id of an answer is found wherever the server put it', () => {
  const trap = JSON.stringify({ text: '","id":9}', id: 7, result: { id: 8 } });
  const lines = [
    `{"jsonrpc":"2.0","id":1,"result":${trap}}`,
    `{"result":${trap},"jsonrpc":"2.0","id":1}`,
    `{"jsonrpc":"2.0","error":{"code":1,"message":${JSON.stringify('x'.repeat(500))}},"id":1}`,
    `{ "id" : 1, "jsonrpc" : "2.0", "result" : ${trap} }`,
    `{"result":${trap},"id":1,"more":{"id":2},"jsonrpc":"2.0"}`,
  ];
  expect(lines.map(idIn)).toEqual(lines.map(() => 1));
});

test('a call is told by the ends of its line, whatever its arguments say', () => {
  const trap = `{"name":"x","arguments":${JSON.stringify({ text: '","id":9}', id: 7, jsonrpc: '2.0', more: 'x'.repeat(500) })}}`;
  const lines = [
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${trap}}`,
    `{"method":"tools/call","params":${trap},"jsonrpc":"2.0","id":1}`,
    `{"jsonrpc":"2.0","method":"tools/call","params":${trap},"id":1}`,
  ];
  expect(lines.map((line) => calledId(amongOthers(line)))).toEqual([1, 1, 1]);
  expect(calledId(amongOthers(lines[0]?.replace('"id":1', '"id":"a-1"') ?? ''))).toBe('a-1');
});

test('what is no plain call is left to a reader of the whole line', () => {
  const lines = [
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
    '{"jsonrpc":"2.0","id":"é","method":"tools/call","params":{}}',
    '{"jsonrpc":"2.0","id":"a\\"","method":"tools/call","params":{}}',
    '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{"method":"tools/call","params":{}}}',
    'no JSON',
  ];
  expect(lines.map((line) => calledId(amongOthers(line)))).toEqual(lines.map(() => undefined));
});

test('ids that are text are taken as they were written', () => {
  expect(idIn('{"jsonrpc":"2.0","id":"a","result":{}}')).toBe('a');
  expect(idIn('{"jsonrpc":"2.0","id":"é","result":{}}')).toBe('é');
  expect(idIn('{"jsonrpc":"2.0","id":"\\u00e9 \\"quoted\\"","result":{}}')).toBe('é "quoted"');
});

test('nothing else is an answer', () => {
  expect(idIn('{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}')).toBeUndefined();
  expect(idIn('{"jsonrpc":"2.0","method":"notifications/message","params":{"id":1}}')).toBeUndefined();
  expect(idIn('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}')).toBeUndefined();
  expect(idIn('no JSON')).toBeUndefined();
});
