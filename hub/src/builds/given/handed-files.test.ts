import { HandedFile, MOST_HANDED_BYTES } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { readHanded } from './handed-files.ts';

test('what a client hands in is read as text or as base64', () => {
  const files = [
    { name: 'a.csv', text: 'é,1\n' },
    { name: 'b.bin', base64: 'AAEC/w==' },
  ];
  expect(readHanded(files)).toEqual([
    { name: 'a.csv', content: Buffer.from('é,1\n') },
    { name: 'b.bin', content: Buffer.from([0, 1, 2, 255]) },
  ]);
});

test.each([
  ['a file without content', [{ name: 'a' }], 'a needs its content'],
  ['one with two contents', [{ name: 'a', text: '', base64: '' }], 'and not both'],
  [
    'two of one name',
    [
      { name: 'a', text: '1' },
      { name: 'A', text: '2' },
    ],
    'two files are called A',
  ],
  ['more than is taken', [{ name: 'a', text: 'é'.repeat(MOST_HANDED_BYTES / 2 + 1) }], 'hub build --with'],
])('%s is refused', (_, files, words) => {
  expect(() => readHanded(files)).toThrow(words);
});

test.each(['../up.csv', '/etc/passwd', 'a/b', '.hidden', '', 'a\\b', 'a\u0000b'])(
  'a path is no name: %j',
  (name) => {
    expect(HandedFile.safeParse({ name, text: 'x' }).success).toBe(false);
  },
);
