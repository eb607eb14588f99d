import { expect, test } from 'vitest';
import { locateIn, locateReply } from './reply-scan.ts';

const at = (text: string) => {
  const frame = Buffer.from(text, 'utf8');
  const span = locateReply(frame);
  return (
    span && { id: span.id, text: frame.toString('utf8', span.idStart, span.idEnd), isError: span.isError }
  );
};

test.each([
  ['first', '{"jsonrpc":"2.0","id":12,"result":{"a":1}}'],
  ['first, jsonrpc after it', '{"id":12,"jsonrpc":"2.0","result":{"id":99}}'],
  ['first, with blanks', '{"jsonrpc": "2.0", "id": 12, "result": {"id": 1}}'],
  ['last', '{"result":{"a":1},"jsonrpc":"2.0","id":12}'],
  ['last but one', '{"result":{"a":1},"id":12,"jsonrpc":"2.0"}'],
  ['first, the version last', '{"id":12,"result":{"a":1},"jsonrpc":"2.0"}'],
  ['last, with blanks', '{ "jsonrpc": "2.0", "result": {"a": 1}, "id": 12 }'],
  ['last, behind another id', '{"result":{"content":[{"id":5}],"id":7},"jsonrpc":"2.0","id":12}'],
  ['last, behind text that looks like it', '{"result":{"text":",\\"id\\":5}"},"jsonrpc":"2.0","id":12}'],
  ['first, before a look-alike end', '{"jsonrpc":"2.0","id":12,"result":{"x":1,"id":5}}'],
  ['last, behind unicode', `{"result":{"a":"${'日本'.repeat(80)}"},"jsonrpc":"2.0","id":12}`],
])('the id that stands %s is found', (_, text) => {
  expect(at(text)).toEqual({ id: 12, text: '12', isError: false });
});

test('an error is told from a result at either end', () => {
  expect([
    at('{"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"result"}}'),
    at('{"error":{"code":-1},"jsonrpc":"2.0","id":3}'),
  ]).toEqual([
    { id: 3, text: '3', isError: true },
    { id: 3, text: '3', isError: true },
  ]);
});

test.each([
  ['a request', '{"jsonrpc":"2.0","id":1,"method":"ping"}'],
  ['a request whose parameters hold an answer', '{"method":"x","params":{"result":1},"id":4}'],
  ['a notification', '{"jsonrpc":"2.0","method":"notifications/message","params":{"id":1}}'],
  ['an id of text', '{"jsonrpc":"2.0","id":"1","result":{}}'],
  ['an answer cut off', '{"jsonrpc":"2.0","id":1,"result":{"a":'],
  ['something else', 'Listening on port 8000'],
  ['an answer without a version', '{"id":1,"result":{"jsonrpc":"2.0"}}'],
  ['an answer without a version, its id last', '{"result":{"jsonrpc":"2.0"},"id":1}'],
  ['an answer beside a null for an error', '{"jsonrpc":"2.0","id":1,"error":null,"result":{}}'],
  ['an answer before a null for an error', '{"jsonrpc":"2.0","id":1,"result":{},"error":null}'],
  ['the same with its id last', '{"jsonrpc":"2.0","result":{},"error":null,"id":1}'],
  ['an answer that is no object', '{"jsonrpc":"2.0","id":1,"result":[{}]}'],
  ['an id in the middle', '{"result":{},"id":1,"extra":{}}'],
])('%s is left to the full parser', (_, text) => {
  expect(at(text)).toBeUndefined();
});

test('what is found agrees with a full parse for any payload', () => {
  const pieces = ['"id":1', ',"id":2}', '{"result":', '\\', '"', '}', 'é', ',"jsonrpc":"2.0"}', '\n'];
  for (let seed = 0; seed < 500; seed += 1) {
    const payload =
      pieces.map((piece, i) => ((seed >> i) & 1 ? piece : '')).join('') + pieces[seed % pieces.length];
    const message = { jsonrpc: '2.0', result: { [payload]: payload, nested: { id: seed } }, id: seed };
    const { jsonrpc, id, result } = message;
    expect([at(JSON.stringify(message))?.id, at(JSON.stringify({ jsonrpc, id, result }))?.id]).toEqual([
      seed,
      seed,
    ]);
  }
});

test('the id of an answer of which only the ends are left is found', () => {
  expect([
    locateIn(Buffer.from('{"jsonrpc":"2.0","id":7,"result":{"a":"yyy'), Buffer.from('yyy"}}')),
    locateIn(Buffer.from('{"result":{"a":"yyy'), Buffer.from('yyy"},"jsonrpc":"2.0","id":8}')),
    locateIn(Buffer.from('words'), Buffer.from('more words')),
  ]).toEqual([7, 8, undefined]);
});
