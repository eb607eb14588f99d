import { expect, test } from 'vitest';
import { layOut, pageOf } from './page.ts';

test('laid out JSON is the same value, an item a line where it is long', () => {
  const value = { total: 3, items: Array.from({ length: 3 }, (_, id) => ({ id, text: 'x'.repeat(100) })) };
  const text = layOut(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text.split('\n').map((line) => line.slice(0, 10))).toEqual([
    '{',
    ' "total": ',
    ' "items": ',
    '  {"id":0,',
    '  {"id":1,',
    '  {"id":2,',
    ' ]',
    '}',
  ]);
  let deep: unknown = 'x'.repeat(300);
  for (let depth = 0; depth < 1_000; depth += 1) deep = [deep];
  expect(JSON.parse(layOut(deep))).toEqual(deep);
});

test('pages end after a line, never inside a character, and are the whole together', () => {
  const text = `${'word '.repeat(30)}\n${'😀'.repeat(500)}\nend`;
  const pages: string[] = [];
  for (let at: number | undefined = 0; at !== undefined;) {
    const page = pageOf(text, at, 99);
    expect(page.text.length).toBeLessThanOrEqual(99);
    expect(page.text.isWellFormed()).toBe(true);
    pages.push(page.text);
    at = page.next;
  }
  expect(pages.join('')).toBe(text);
  expect(pageOf('one\ntwo\nthree', 0, 10)).toEqual({ text: 'one\ntwo\n', next: 8 });
  expect(pageOf('short', 0, 10)).toEqual({ text: 'short', next: undefined });
  expect(pageOf('short', 99, 10)).toEqual({ text: '', next: undefined });
});
