import { expect, test } from 'vitest';
import { createLineReader } from './stdio.ts';

function read(chunks: Buffer[], longest?: number): string[] {
  const lines: string[] = [];
  const feed = createLineReader((line) => lines.push(line), longest);
  for (const chunk of chunks) feed(chunk);
  return lines;
}

test('lines are whole however the bytes arrive, inside a character too', () => {
  const bytes = Buffer.from('{"a":"é"}\r\n\n{"b":1}\nrest');
  expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['{"a":"é"}', '{"b":1}']);
  expect(read([bytes])).toEqual(['{"a":"é"}', '{"b":1}']);
});

test('a line that is too long is dropped, and the next one is read', () => {
  expect(read([Buffer.from('x'.repeat(6)), Buffer.from('xxxxxx\nok\n')], 10)).toEqual(['', 'ok']);
});
