import { describe, expect, it } from 'vitest';
import { EventReader } from './event-reader.ts';

function read(chunks: readonly string[]): string[] {
  const seen: string[] = [];
  const reader = new EventReader((data) => seen.push(data));
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

describe('EventReader', () => {
  it('takes data out of events, whatever their line ends, and passes over comments and other fields', () => {
    expect(
      read([
        ':\n\nevent: message\nid: 1\ndata: {"a":1}\n\n',
        'data:{"b":2}\r\n\r\n',
        'retry: 5\r\rdata: c\r\r',
        '\n',
      ]),
    ).toEqual(['{"a":1}', '{"b":2}', 'c']);
  });

  it('puts together what arrives cut anywhere', () => {
    const whole = 'data: {"text":"größer"}\r\n\r\ndata: 2\r\n\r\n';
    expect(read(whole.split(''))).toEqual(['{"text":"größer"}', '2']);
  });

  it('joins several lines of one event into one, and keeps an event that did not end', () => {
    expect(read(['data: {"a":\ndata: 1}\n\ndata: open\n'])).toEqual(['{"a": 1}']);
  });

  it('takes an event that has nothing but an id for none', () => {
    expect(read(['id: 7\ndata:\n\nid: 8\ndata: {}\n\n'])).toEqual(['{}']);
  });
});
