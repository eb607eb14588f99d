import { expect, test } from 'vitest';
import { canarySentence, compareAnswers, formDifference, faultsOf } from './compare-answers.ts';

const answer = (value: unknown) => ({ isError: false, text: JSON.stringify(value) });
const failure = (text: string) => ({ isError: true, text });

test('answers are compared by their form, and no value is told', () => {
  const before = JSON.stringify({ tag: '#2ABC', trophies: 7, cards: [{ level: 1 }, { level: 2 }] });
  const now = JSON.stringify({ tag: '#2ABC', cups: '7', cards: [{ level: '1' }] });
  expect(formDifference(before, now)).toBe(
    'without trophies: number, cards[].level: number; with cups: string, cards[].level: string',
  );
  expect(formDifference(before, JSON.stringify({ tag: 'x', trophies: 1, cards: [{ level: 9 }] }))).toBe(
    undefined,
  );
  expect(formDifference('no JSON', 'neither')).toBeUndefined();
});

test('a call that fails where it answered before is a step back; nothing else is', () => {
  const calls = [
    compareAnswers('kept', answer({ a: 1 }), answer({ a: 2 })),
    compareAnswers('mended', failure('404 no such path: secret-tag'), answer({ a: 2 })),
    compareAnswers('broken', answer({ a: 1 }), failure('The service answered 404: secret-tag')),
    compareAnswers('down', failure('503'), failure('503')),
    compareAnswers('added', undefined, answer({ a: 1 })),
  ];
  expect(faultsOf({ calls }, { isToMend: true }).map(({ tool }) => tool)).toEqual(['broken']);
  expect(calls.map(canarySentence)).toEqual([
    'kept answers as before',
    'mended fails in the version in use and answers in this one',
    'broken answers in the version in use and fails in this one (status 404)',
    'down fails in both (status 503)',
    'added is new, and answers',
  ]);
  expect(JSON.stringify(calls)).not.toContain('secret-tag');
});

test('a version that is to mend something and answers nothing is not offered', () => {
  const calls = [compareAnswers('get_player', failure('404'), failure('404'))];
  expect(faultsOf({ calls }, { isToMend: true })).toEqual(calls);
  expect(faultsOf({ calls }, { isToMend: false })).toEqual([]);
  expect(faultsOf({ calls: [] }, { isToMend: true })).toEqual([]);
});
