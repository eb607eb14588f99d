import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSearchHints } from './search-hints.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hints-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = async (text: string) => {
  writeFileSync(join(directory, 'search.json'), text);
  return [...(await readSearchHints(directory))];
};

test('hints are read by name of tool', async () => {
  const hints = { synonyms: ['bulletin'], questions: ['what is new'] };
  expect(await read(JSON.stringify({ get_news: hints }))).toEqual([['get_news', hints]]);
});

test.each([
  ['no file', undefined],
  ['no JSON', '{'],
  ['another shape', '{"get_news":{"synonyms":"bulletin"}}'],
  ['far too much', `{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`],
])('%s is nothing to search by, and no failure', async (_, text) => {
  expect(text === undefined ? [...(await readSearchHints(directory))] : await read(text)).toEqual([]);
});
