import { expect, test } from 'vitest';
import { rootOf, wordsOf } from './words.ts';

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

test.each([
  ['valid', 'validate', 'validation', 'validator'],
  ['month', 'monthly'],
  ['suppress', 'suppression'],
  ['class', 'classify', 'classification'],
])('words made of one another have one root: %s, %s …', (...words) => {
  expect(new Set(words.flatMap((word) => wordsOf(word).map(rootOf))).size).toBe(1);
});

test('a root is never shorter than four letters, so that short words stay apart', () => {
  expect(['day', 'able', 'city', 'user', 'tier'].map(rootOf)).toEqual([
    'day',
    'able',
    'city',
    'user',
    'tier',
  ]);
});
