import { expect, test } from 'vitest';
import { readAnswerHead } from './answer-head.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const head = (first: string, ...lines: readonly string[]) => {
  const text = `${[first, ...lines].join('\r\n')}\r\n\r\n`;
  return readAnswerHead(Buffer.from(`${text}1\r\na\r\n`, 'latin1'), text.length + 6);
};
const ok = (...lines: readonly string[]) => head('HTTP/1.1 200 OK', CHUNKED, ...lines);

test('names are in lower case, values without the blanks around them, and the body begins behind', () => {
  const found = ok('Content-Type:\ttext/event-stream ', 'X-Empty:');
  expect({ ...found?.headers }).toEqual({
    'transfer-encoding': 'chunked',
    'content-type': 'text/event-stream',
    'x-empty': '',
  });
  const text = `HTTP/1.1 200\r\n${CHUNKED}\r\n\r\n`;
  expect(readAnswerHead(Buffer.from(text), text.length)?.bodyAt).toBe(text.length);
});

test('a connection waits for another question as long as its server says, less a second, and four at most', () => {
  const idle = (...lines: readonly string[]) => ok(...lines)?.idleMs;
  expect(idle()).toBe(4_000);
  expect(idle('Connection: Keep-Alive', 'Keep-Alive: timeout=3, max=100')).toBe(2_000);
  expect(idle('Keep-Alive: max=100,timeout=60')).toBe(4_000);
  expect(idle('Keep-Alive: timeout=1')).toBe(0);
  expect(idle('Connection: close', 'Keep-Alive: timeout=5')).toBe(0);
});

test.each([
  ['HTTP/1.0 200 OK', CHUNKED],
  ['HTTP/1.1 100 Continue'],
  ['HTTP/1.1 201 Created', CHUNKED],
  ['HTTP/1.1 307 Moved', CHUNKED, 'Location: /x'],
  ['HTTP/1.1 429 Wait', CHUNKED],
  ['HTTP/1.1  200 OK', CHUNKED],
  ['HTTP/1.1 200 OK\u00e9', CHUNKED],
  ['HTTP/1.1 200 OK'],
  ['HTTP/1.1 200 OK', 'Content-Length: 5'],
  ['HTTP/1.1 200 OK', CHUNKED, 'Content-Length: 5'],
  ['HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked'],
  ['HTTP/1.1 200 OK', CHUNKED, 'Content-Encoding: gzip'],
  ['HTTP/1.1 200 OK', CHUNKED, CHUNKED],
  ['HTTP/1.1 200 OK', CHUNKED, 'x: 1', 'X: 1'],
  ['HTTP/1.1 200 OK', CHUNKED, ' folded'],
  ['HTTP/1.1 200 OK', CHUNKED, 'no colon'],
  ['HTTP/1.1 200 OK', CHUNKED, 'x : 1'],
  ['HTTP/1.1 200 OK', CHUNKED, ': 1'],
  ['HTTP/1.1 200 OK', CHUNKED, 'x: a\nb'],
  ['HTTP/1.1 200 OK', CHUNKED, 'x: a\rb'],
  ['HTTP/1.1 200 OK', CHUNKED, 'x: \u00e9'],
  ['HTTP/1.1 200 OK', CHUNKED, 'Set-Cookie: a=b'],
  ['HTTP/1.1 200 OK', CHUNKED, 'Connection: upgrade', 'Upgrade: x'],
])('what is not plain is left to a whole parser: %j %j %j', (first, ...lines) => {
  expect(head(first, ...lines)).toBeUndefined();
});
