import { expect, test } from 'vitest';
import { escapeMarkdown, escapeMarkdownLine, firstSentence } from './markdown.ts';

test.each([
  ['plain words, 1.5 (two)', 'plain words, 1.5 (two)'],
  ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
  ['[click](javascript:x) ![i](y)', '\\[click\\](javascript:x) \\!\\[i\\](y)'],
  ['a | b', 'a \\| b'],
  ['one\n\n# two\r\n- three', 'one \\# two - three'],
  ['`code` &amp; \\', '\\`code\\` \\&amp; \\\\'],
  ['- no list', '\\- no list'],
  ['1. no list', '1\\. no list'],
  ['zero\u0000width\u202Eturned', 'zero width turned'],
])('%j becomes %j', (text, escaped) => {
  expect(escapeMarkdownLine(text)).toBe(escaped);
});

test('a version within a line stays as it is', () => {
  expect(escapeMarkdown('1.2.0-beta')).toBe('1.2.0-beta');
});

test('the first sentence ends at its full stop, not inside a number', () => {
  expect(firstSentence('Costs 1.5 units. More words.', 100)).toBe('Costs 1.5 units.');
});

test('a text without an end is cut to the length asked for', () => {
  expect(firstSentence('word '.repeat(50), 20)).toBe('word word word word…');
});
