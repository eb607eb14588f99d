import { expect, test } from 'vitest';
import { synonymsOf } from './synonyms.ts';
import { stem } from '../words.ts';

const synonyms = (word: string) => [...synonymsOf(stem(word))];

test('verbs that services use for one another are synonyms, a word is none of itself', () => {
  expect(synonyms('remove')).toContain(stem('delete'));
  expect(synonyms('fetch')).toEqual(expect.arrayContaining(['list', 'get', 'show']));
  expect(synonyms('delete')).not.toContain(stem('delete'));
  expect(synonyms('zebra')).toEqual([]);
});

test('a word of several groups has the synonyms of each, and groups do not run together', () => {
  expect(synonyms('permission')).toEqual(expect.arrayContaining(['scop', 'role', 'access']));
  expect(synonyms('role')).not.toContain('access');
});

test('what a word inherits from every object is no synonym', () => {
  expect(synonyms('constructor')).toEqual([]);
});
