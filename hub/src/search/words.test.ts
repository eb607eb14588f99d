import { expect, test } from 'vitest';
import { synonymsOf, wordsOf } from './words.ts';

test('identifiers are split wherever a word ends', () => {
  expect(wordsOf('listHTTPTokens')).toEqual(['list', 'http', 'token']);
  expect(wordsOf('get_customer_id')).toEqual(['get', 'customer', 'id']);
  expect(wordsOf('parseHTTPBody2')).toEqual(['pars', 'http', 'body2']);
});

test.each([
  ['create', 'creates', 'created', 'creating'],
  ['stop', 'stops', 'stopped', 'stopping'],
  ['delete', 'deletes', 'deleted', 'deleting'],
  ['policy', 'policies'],
  ['match', 'matches', 'matched'],
  ['box', 'boxes'],
])('forms of one word meet: %s, %s …', (...forms) => {
  expect(new Set(forms.flatMap((form) => wordsOf(form))).size).toBe(1);
});

test('words that only end alike stay apart', () => {
  expect(wordsOf('status address sing red analysis')).toEqual([
    'status',
    'address',
    'sing',
    'red',
    'analysis',
  ]);
});

test('letters of any script are words', () => {
  expect(wordsOf('Größe ändern 天气')).toEqual(['größ', 'ändern', '天气']);
});

test('verbs that services use for one another are synonyms, a word is none of itself', () => {
  expect(synonymsOf(wordsOf('remove')[0] ?? '')).toContain(wordsOf('delete')[0]);
  expect(synonymsOf(wordsOf('fetch')[0] ?? '')).toEqual(expect.arrayContaining(['list', 'get', 'show']));
  expect(synonymsOf('delet')).not.toContain('delet');
  expect(synonymsOf('zebra')).toEqual([]);
});
