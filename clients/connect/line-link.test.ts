import { expect, test } from 'vitest';
import { answeredId } from './line-link.ts';

const idIn = (line: string) => answeredId(Buffer.from(line));

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

test('ids that are text are taken as they were written', () => {
  expect(idIn('{"jsonrpc":"2.0","id":"a","result":{}}')).toBe('a');
  expect(idIn('{"jsonrpc":"2.0","id":"\\u00e9 \\"quoted\\"","result":{}}')).toBe('é "quoted"');
});

test('nothing else is an answer', () => {
  expect(idIn('{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}')).toBeUndefined();
  expect(idIn('{"jsonrpc":"2.0","method":"notifications/message","params":{"id":1}}')).toBeUndefined();
  expect(idIn('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}')).toBeUndefined();
  expect(idIn('no JSON')).toBeUndefined();
});
