import { expect, test } from 'vitest';
import { cosine, literalsOf, normalised } from './question.ts';

test('spaces, capitals and the end of a sentence make no other question', () => {
  expect(normalised('  What IS\nthis?! ')).toBe('what is this');
  expect(normalised('ｗｈａｔ')).toBe('what');
});

test.each([
  ['convert 10 euros', 'convert 100 euros'],
  ['the weather in Paris', 'the weather in London'],
  ['is it safe', 'is it not safe'],
  ['does it work', "doesn't it work"],
  ['Was ist kein Verb', 'Was ist ein Verb'],
  ['from A1 to B2', 'from B2 to A1'],
  ['open https://a.test/x', 'open https://a.test/y'],
  ['what does `a` do', 'what does `A` do'],
  ['mail to ann@a.test', 'mail to bob@a.test'],
  ['call getUser', 'call getUsers'],
])('%j is another question than %j', (one, other) => {
  expect(literalsOf(one)).not.toBe(literalsOf(other));
});

test('how it begins is not a name', () => {
  expect(literalsOf('What is it? Tell me')).toBe(literalsOf('tell me what it is'));
});

test('vectors are alike by where they point, and never with another length', () => {
  const of = (...values: number[]) => Float32Array.from(values);
  expect([
    cosine(of(2, 0), of(1, 0)),
    cosine(of(1, 0), of(0, 1)),
    cosine(of(1), of(1, 0)),
    cosine(of(0), of(1)),
  ]).toEqual([1, 0, 0, 0]);
});
