import { describe, expect, test } from 'vitest';
import { sampleMatch } from './pattern-sample.ts';
import { compilePattern } from './pattern.ts';
import { createRandom } from '../sample/random.ts';

describe('compilePattern', () => {
  test('ends the test of a pattern that backtracks without bound', () => {
    const start = performance.now();
    expect(compilePattern('^(a+)+$').test(`${'a'.repeat(40)}!`)).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('decides harmless tests of such patterns as usual', () => {
    expect(compilePattern('^([a-z]+-)*[a-z]+$').test('a-b-c')).toBe(true);
    expect(compilePattern('^([a-z]+-)*[a-z]+$').test('A')).toBe(false);
  });

  test('reads patterns that are not valid with the u flag, and lets what cannot be read accept', () => {
    expect(compilePattern(String.raw`^\-\_$`).test('-_')).toBe(true);
    expect(compilePattern('(').test('anything')).toBe(true);
  });
});

describe('sampleMatch', () => {
  test.each([
    String.raw`^[A-Z]{3}-\d{4,6}$`,
    String.raw`^AC[0-9a-fA-F]{32}$`,
    '^(?:foo|ba[rz])+$',
    String.raw`^\+?[1-9]\d{1,14}$`,
    String.raw`^(?!-)[a-z0-9-]{3,10}$`,
    '^[^/]+/[^/]+$',
    String.raw`^[\w.+-]+@[\w-]+\.[a-z]{2,}$`,
    String.raw`^\p{Lu}\p{Ll}*$`,
    String.raw`^\u0041[\x30-\x39]$`,
    '^#(?<hex>[0-9a-f]{6})$',
    '[a-z]',
    '',
  ])('finds a text for %s', (source) => {
    const text = sampleMatch(source, createRandom('seed'));
    expect(text).toBeDefined();
    expect(new RegExp(source, 'u').test(text ?? '')).toBe(true);
  });

  test('finds nothing where nothing matches', () => {
    expect(sampleMatch('^a(?=b)c$', createRandom('seed'))).toBeUndefined();
  });
});

test.each([
  ['^(a+)+$', 'a'.repeat(40)],
  ['^(a|a)*$', 'a'.repeat(40)],
  ['^(?:a?){30}a{30}$', 'a'.repeat(29)],
  ['^(?:a?){2,30}a{30}$', 'a'.repeat(29)],
  [`^${'a*'.repeat(12)}b$`, 'a'.repeat(100)],
  [`^${'a{0,9}'.repeat(12)}b$`, 'a'.repeat(100)],
  ['\\s+$', `${' '.repeat(100_000)}x`],
])('whatever a description repeats, %s is decided in time', (source, value) => {
  const before = performance.now();
  compilePattern(source).test(value);
  expect(performance.now() - before).toBeLessThan(2_000);
});

test('a value that fits no ordinary pattern is still told', () => {
  const refused = [
    ['^\\d{4}-\\d{2}-\\d{2}$', '2026-1-1'],
    ['^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$', 'no uuid'],
    ['^[\\w.+-]+@[\\w-]+\\.[\\w.]+$', 'nobody'],
    ['^(?:a|bc)+$', 'abcb'],
  ] as const;
  expect(refused.map(([source, value]) => compilePattern(source).test(value))).toEqual(
    refused.map(() => false),
  );
});
