import { describe, expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

function read(chunks: readonly string[], maxBytes = 100): string[] {
  const seen: string[] = [];
  const reader = new LineReader(maxBytes, {
    line: (line) => seen.push(line.toString()),
    tooLong: () => seen.push('too long'),
  });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return seen;
}

describe('LineReader', () => {
  it('puts lines together however they are cut', () => {
    expect(read(['{"a"', ':1}\n{"b":2}\n{"c', '":3}', '\n', '\n\r\n'])).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
    ]);
  });

  it('keeps no unfinished line as a message', () => {
    expect(read(['{"a":1}\n{"b"'])).toEqual(['{"a":1}']);
  });

  it('says once that a line is too long and goes on with the next', () => {
    expect(read(['x'.repeat(60), 'x'.repeat(60), 'x'.repeat(60), '\nok\n'])).toEqual(['too long', 'ok']);
  });
});
