import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { PastedInput } from './pasted-input.ts';

const BEGIN = '\u001b[200~';
const END = '\u001b[201~';

/** What is typed on a terminal, in pieces of a size, as the line editor is given it. */
function typed(keys: string, size = 100_000) {
  const terminal = new PassThrough();
  const refused: number[] = [];
  const input = new PastedInput(terminal, (bytes) => refused.push(bytes));
  const bytes = Buffer.from(keys);
  for (let at = 0; at < bytes.length; at += size) terminal.write(bytes.subarray(at, at + size));
  const text = (): string => {
    const read: unknown = input.read();
    return read instanceof Buffer ? read.toString('utf8') : '';
  };
  return { input, refused, text };
}

test('a long paste is a mark in the line, and itself again in the entry, however it comes in', () => {
  const pasted = 'wörds <ESC>\u001b[20 '.repeat(300);
  for (const size of [2, 3, 7, 100_000]) {
    const { input, text } = typed(`a ${BEGIN}${pasted}${END} b`, size);
    const line = text();
    expect(line).toBe('a [pasted 5 KB] b');
    expect(input.expand(line) === `a ${pasted} b`).toBe(true);
  }
});

test('two megabytes are one key to the line editor', () => {
  const { input, text } = typed(`${BEGIN}${'x'.repeat(2 * 1024 * 1024)}${END}`);
  const line = text();
  expect(line).toBe('[pasted 2 MB]');
  expect(input.expand(line)).toHaveLength(2 * 1024 * 1024);
});

test('many lines are counted, and pastes that look alike are told apart', () => {
  const lines = (word: string): string => Array.from({ length: 20 }, () => word).join('\r');
  const { input, text } = typed(`${BEGIN}${lines('one')}${END} ${BEGIN}${lines('two')}${END}`);
  const line = text();
  expect(line).toBe('[pasted 0.1 KB, 20 lines] [pasted 0.1 KB, 20 lines #2]');
  expect(input.expand(line)).toBe(`${lines('one')} ${lines('two')}`.replaceAll('\r', '\n'));
  expect(input.expand('[pasted 9 MB]')).toBe('[pasted 9 MB]');
});

test('a short paste and keys go on as they are and at once, an escape too', () => {
  const { text } = typed(`hi${BEGIN}one\rtwo${END}`);
  expect(text()).toBe(`hi${BEGIN}one\rtwo${END}`);
  for (const key of ['\u001b', '\u001b[A', 'ö']) expect(typed(key).text()).toBe(key);
  expect(typed('\u001b[A\u001b[B', 1).text()).toBe('\u001b[A\u001b[B');
});

test('what is larger than any message is refused with its size, and nothing of it is typed', () => {
  const { text, refused } = typed(`a${BEGIN}${'x'.repeat(33 * 1024 * 1024)}${END}b`, 1_000_000);
  expect(text()).toBe('ab');
  expect(refused).toEqual([33 * 1024 * 1024]);
});
