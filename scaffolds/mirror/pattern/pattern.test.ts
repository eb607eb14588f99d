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
