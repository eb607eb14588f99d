import { expect, test } from 'vitest';
import { SseReader } from './sse-reader.ts';

function read(text: string, step: number): unknown[] {
  const events: unknown[] = [];
  const reader = new SseReader({
    event: (data, kind) => void events.push([kind, data.toString('utf8')]),
    oversize: () => void events.push('oversize'),
  });
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  return events;
}

test.each([1, 2, 3, 7, 1_000])('events are read from chunks of %i bytes', (step) => {
  const text = [
    ': keep-alive\n\n',
    'event: message\ndata: {"a":"é"}\n\n',
    'id: 5\r\ndata:{"b":1}\r\n\r\n',
    'event: endpoint\ndata: /messages\n\n',
    'data: {"c":\ndata: 2}\n\n',
    'data:\n\n',
    'data: unfinished\n',
  ].join('');
  expect(read(text, step)).toEqual([
    ['message', '{"a":"é"}'],
    ['message', '{"b":1}'],
    ['endpoint', '/messages'],
    ['message', '{"c":\n2}'],
  ]);
});

test.each([1, 2, 3, 7, 1_000])('lines may end with carriage returns alone, in chunks of %i bytes', (step) => {
  const text = 'event: endpoint\rdata: /a\r\rdata: {"b":\r\ndata: 1}\r\n\rid: 1\n\rdata: c\r\r\n';
  expect(read(text, step)).toEqual([
    ['endpoint', '/a'],
    ['message', '{"b":\n1}'],
    ['message', 'c'],
  ]);
});

test('an event that ends with a carriage return is told without waiting for what follows', () => {
  expect(read('data: a\r\r', 1_000)).toEqual([['message', 'a']]);
});
