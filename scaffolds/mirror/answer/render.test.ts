import type { Json } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { renderBody } from './render.ts';

const rendered = (mediaType: string, value: Json, name?: string): string =>
  Buffer.from(renderBody(mediaType, value, name).bytes).toString();
const hex = (value: Json): string =>
  Buffer.from(renderBody('application/msgpack', value).bytes).toString('hex');

describe('a value in a media type', () => {
  test('CSV has a line of names, quotes what has to be, and lets no formula through', () => {
    const rows = [
      { id: 1, name: 'Rex, "the dog"' },
      { id: 2, note: '=SUM(A1)', offset: -4.5 },
    ];
    const table = 'id,name,note,offset\r\n1,"Rex, ""the dog""",,\r\n2,,\'=SUM(A1),-4.5\r\n';
    expect(rendered('text/csv', rows)).toBe(table);
    expect(rendered('text/csv', { data: rows, total: 2 })).toBe(table);
    expect(rendered('text/tab-separated-values', [{ a: 'x\ty', b: 'z,z' }])).toBe('a\tb\r\n"x\ty"\tz,z\r\n');
    expect(rendered('text/csv', 'a,b\r\n1,2')).toBe('a,b\r\n1,2');
  });

  test('MessagePack is written byte for byte as its specification says', () => {
    expect(hex({ compact: true, schema: 0 })).toBe('82a7636f6d70616374c3a6736368656d6100');
    expect(hex([null, false, -1, 127, 128, 1.5])).toBe('96c0c2ff7fd200000080cb3ff8000000000000');
    expect(hex('é')).toBe('a2c3a9');
    expect(hex('x'.repeat(40)).slice(0, 4)).toBe('d928');
    expect(hex(Array.from({ length: 20 }, () => 0)).slice(0, 6)).toBe('dc0014');
    expect(hex(5_000_000_000)).toBe('cb41f2a05f20000000');
  });

  test('XML has one root, named after the thing where the name is known', () => {
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
    expect(rendered('application/xml', { id: 1, tag: ['a', 'b<'] }, 'Pet')).toBe(
      `${head}<Pet><id>1</id><tag>a</tag><tag>b&lt;</tag></Pet>\n`,
    );
    expect(rendered('application/xml', [1, 2])).toBe(`${head}<items><item>1</item><item>2</item></items>\n`);
  });

  test('events, lines and forms hold one thing each', () => {
    expect(rendered('text/event-stream', [{ a: 1 }, 'x\ny'])).toBe('data: {"a":1}\n\ndata: x\ndata: y\n\n');
    expect(rendered('application/x-ndjson', [{ a: 1 }, { a: 2 }])).toBe('{"a":1}\n{"a":2}\n');
    expect(rendered('application/x-www-form-urlencoded', { a: 1, b: 'x y' })).toBe('a=1&b=x+y');
  });
});
