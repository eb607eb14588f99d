import { describe, expect, it } from 'vitest';
import { JsoncError, nodeAt, parseJsonc, plainValue } from './jsonc.ts';

describe('parseJsonc', () => {
  it('reads comments, trailing commas and a byte order mark', () => {
    expect(plainValue(parseJsonc('\uFEFF{ // a\n "a": [1, /* b */ 2,], }'))).toEqual({ a: [1, 2] });
  });

  it.each([
    ['{"a" 1}', '":" is missing at line 1, column 6'],
    ['{\n  "a": 1\n  "b": 2\n}', '"," or "}" is missing at line 3, column 3'],
    ['{"a": tru}', 'not a value at line 1, column 7'],
    ['{"a": "\\x"}', 'not a valid value at line 1, column 7'],
    ['{', 'a member’s name in double quotes is missing at line 1, column 2'],
    ['{} {}', 'unexpected text after the end at line 1, column 4'],
    ['', 'unexpected end at line 1, column 1'],
  ])('says what is wrong with %j, and where', (text, message) => {
    expect(() => parseJsonc(text)).toThrow(JsoncError);
    expect(() => parseJsonc(text)).toThrow(message);
  });

  it('refuses what JSON.parse refuses when it is strict', () => {
    expect(() => parseJsonc('{"a": 1,}', { strict: true })).toThrow('comma before');
    expect(() => parseJsonc('{} // no', { strict: true })).toThrow('unexpected text');
  });

  it('refuses bottomless nesting instead of running out of stack', () => {
    expect(() => parseJsonc('['.repeat(100_000))).toThrow('nested too deeply');
  });
});

describe('nodeAt', () => {
  const text = '{"a": {"b": [1, {"c": 2}]}}';
  it.each([
    [['a', 'b', 1, 'c'], '2'],
    [['a', 'b', 1, 'x'], '{"c": 2}'],
    [['a', 'b', 7], '[1, {"c": 2}]'],
    [['x'], undefined],
    [[], undefined],
  ])('finds %j, or what is around it', (path, expected) => {
    const node = nodeAt(parseJsonc(text), path);
    expect(node && text.slice(node.start, node.end)).toBe(expected);
  });
});
