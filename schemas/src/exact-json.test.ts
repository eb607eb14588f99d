import { expect, test } from 'vitest';
import { canonicalJson, isSameJson } from './json.ts';
import { isWhole, parseExactJson, wholeNumber } from './exact-json.ts';

const written = (text: string): string => JSON.stringify(parseExactJson(text));

test('what is read is written again with all digits of its whole numbers, wherever they stand', () => {
  const text =
    '{"id":9007199254740993,"least":-18446744073709551616,"list":[123456789012345678901234567890,1,"9"]}';
  expect(written(text)).toBe(text);
  expect(written('9007199254740993')).toBe('9007199254740993');
});

test('only a whole number that no double holds is a bigint', () => {
  expect(parseExactJson('[9007199254740991, 9007199254740992, -9007199254740993]')).toEqual([
    9_007_199_254_740_991,
    9_007_199_254_740_992n,
    -9_007_199_254_740_993n,
  ]);
  expect(parseExactJson('[0.1234567890123456789, 1e20, "9007199254740993", 1.0]')).toEqual([
    0.123_456_789_012_345_68,
    1e20,
    '9007199254740993',
    1,
  ]);
});

test('digits without end are no number that anybody counts with, and take no time', () => {
  expect(parseExactJson(`[${'9'.repeat(5_000_000)}]`)).toEqual([Infinity]);
});

test('what is no JSON throws as JSON.parse does', () => {
  expect(() => parseExactJson('{"id":9007199254740993')).toThrow(SyntaxError);
});

test('equal values have equal canonical text, and others have not', () => {
  const [one, other] = [parseExactJson('{"id":9007199254740993}'), parseExactJson('{"id":9007199254740992}')];
  expect(canonicalJson(one)).toBe('{"id":9007199254740993}');
  expect(isSameJson(one, parseExactJson('{ "id": 9007199254740993 }'))).toBe(true);
  expect(isSameJson(one, other)).toBe(false);
});

test('digits are a number where one holds them', () => {
  expect([wholeNumber('12'), wholeNumber('9007199254740993'), wholeNumber(7n)]).toEqual([
    12,
    9_007_199_254_740_993n,
    7,
  ]);
  expect([isWhole(3), isWhole(3.5), isWhole(3n), isWhole('3')]).toEqual([true, false, true, false]);
});
