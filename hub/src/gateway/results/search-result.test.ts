import { expect, test } from 'vitest';
import { findLines, pointTo } from './search-result.ts';

const text = 'first Word\nsecond\nthird word\n';

test('words are found line by line, with offsets to read on from', () => {
  expect(findLines(text, 'WORD', 0, 1_000)).toEqual({
    text: '0: first Word\n18: third word',
    next: undefined,
  });
  expect(findLines(text, 'word', 0, 20)).toEqual({ text: '0: first Word', next: 18 });
  expect(findLines(text, 'word', 18, 20)).toEqual({ text: '18: third word', next: undefined });
  expect(findLines(text, 'none', 0, 20)).toEqual({ text: '', next: undefined });
  const long = `${'x'.repeat(1_000)}here${'y'.repeat(1_000)}`;
  expect(findLines(long, 'here', 0, 1_000).text).toMatch(/^0: x{100}herey{296}$/);
});

test('a pointer leads to one value; a wrong one is told what there is', () => {
  const json = JSON.stringify({ items: [{ 'a/b': 1 }, { c: null }] });
  expect(pointTo(json, '/items/0/a~1b', 0, 100)).toEqual({ text: '1', next: undefined });
  expect(pointTo(json, '/items', 0, 5)).toEqual({ text: '[{"a/', next: 5 });
  expect(pointTo('{"id":9007199254740993}', '/id', 0, 100)).toEqual({
    text: '9007199254740993',
    next: undefined,
  });
  expect(pointTo(json, '/items/7', 0, 100)).toBe('nothing at "7" of /items/7; there is a list of 2');
  expect(pointTo(json, '/constructor', 0, 100)).toMatch(/there is items$/);
  expect(pointTo('plain', '/a', 0, 100)).toMatch(/not JSON/);
});
