import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { agreementOf, normaliseAnswer } from './agreement.ts';

test('answers that mean the same are one vote each for the same', () => {
  verifies('L03');
  const same = [
    ['42', ' 42. ', '**42**', 'Answer: 42', 'The answer is 42.', '\\boxed{42}', '42.0'],
    ['Paris', 'paris.', 'PARIS!', 'Final answer: Paris'],
    ['1,000', '1000', "1'000", '1000.00'],
    ['{"a":1,"b":[2]}', '```json\n{ "b": [2], "a": 1 }\n```'],
    ['the red house', 'A red house'],
    ['−3', '-3'],
  ];
  for (const group of same) expect(agreementOf(group)).toMatchObject({ agreement: 1, votes: [group.length] });
});

test('answers that differ are told apart', () => {
  const different = [
    ['42', '43'],
    ['3.5', '35'],
    ['-3', '3'],
    ['yes', 'no'],
    ['{"a":1}', '{"a":2}'],
    ['It costs 10 dollars', 'It costs 11 dollars'],
  ];
  for (const group of different) expect(agreementOf(group).agreement).toBe(0.5);
});

test('the first of the largest group is given, and its share is the agreement', () => {
  expect(agreementOf(['Rome', 'Paris', 'paris.', 'Lyon'])).toEqual({
    agreement: 0.5,
    chosen: 1,
    votes: [2, 1, 1],
  });
  expect(agreementOf(['alone'])).toEqual({ agreement: 1, chosen: 0, votes: [1] });
});

test('empty answers agree with nobody', () => {
  expect(agreementOf(['', '', ''])).toMatchObject({ agreement: 0 });
  expect(agreementOf(['', '', 'yes'])).toMatchObject({ chosen: 2 });
});

test('long texts agree when they share most words and all numbers', () => {
  const long = (number: string) =>
    `The museum opens at ${number} on weekdays, tickets are sold at the entrance and children enter for free with their parents`;
  const other = long('9').replace('are sold', 'can be bought');
  expect(agreementOf([long('9'), other]).agreement).toBe(1);
  expect(agreementOf([long('9'), long('10')]).agreement).toBe(0.5);
});

test('an answer is compared without its layout', () => {
  expect(normaliseAnswer('  The **Answer**:\n  ')).toBe(normaliseAnswer('answer'));
});
