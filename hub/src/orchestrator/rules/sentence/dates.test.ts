import { expect, test } from 'vitest';
import { namedDays } from './dates.ts';
import { valuesIn } from './values.ts';

/** A Tuesday. */
const TODAY = new Date('2026-03-10T12:00:00Z');

test.each([
  ['today', ['2026-03-10']],
  ['tomorrow morning', ['2026-03-11']],
  ['übermorgen', ['2026-03-12']],
  ['the day after tomorrow', ['2026-03-12']],
  ['on Friday', ['2026-03-13']],
  ['next Tuesday', ['2026-03-17']],
  ['last Monday', ['2026-03-09']],
  ['nächsten Montag', ['2026-03-16']],
  ['in 3 days', ['2026-03-13']],
  ['2 weeks ago', ['2026-02-24']],
  ['May 3', ['2026-05-03']],
  ['3 May 2027', ['2027-05-03']],
  ['January 2nd', ['2027-01-02']],
  ['24.12.2026', ['2026-12-24']],
  ['12/24/2026', ['2026-12-24']],
  ['2026-02-30', []],
  ['from 2026-04-01 to 2026-04-08', ['2026-04-01', '2026-04-08']],
  ['I may go', []],
  ['mon ami', []],
  ['march on', []],
])('%s', (text, days) => {
  expect(namedDays(text, TODAY).map(({ day }) => day)).toEqual(days);
});

test('values show by themselves what they are', () => {
  const sentence =
    'mail ada@example.com about issue #12 and "the plan" at 3:30 pm, see https://example.com/a. It costs $12.50, for the first 5 of ABC-7';
  expect(valuesIn(sentence, TODAY).map(({ kind, text }) => [kind, text])).toEqual([
    ['email', 'ada@example.com'],
    ['id', '12'],
    ['quoted', 'the plan'],
    ['time', '15:30'],
    ['url', 'https://example.com/a'],
    ['money', '12.50'],
    ['count', '5'],
    ['id', 'ABC-7'],
  ]);
});
