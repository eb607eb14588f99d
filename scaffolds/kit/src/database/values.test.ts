import { expect, test } from 'vitest';
import { parseArray, writeArray } from './engines/array-text.ts';
import type { RawValue } from './driver.ts';
import { toJson } from './values.ts';

test('no digit, byte or moment of a value is lost on its way to JSON', () => {
  const cases: readonly (readonly [RawValue, Parameters<typeof toJson>[1], unknown])[] = [
    ['9223372036854775807', { kind: 'bigint' }, '9223372036854775807'],
    [9_007_199_254_740_993n, { kind: 'integer' }, '9007199254740993'],
    [42n, { kind: 'integer' }, 42],
    ['12345678901234567890.123456789', { kind: 'decimal' }, '12345678901234567890.123456789'],
    ['NaN', { kind: 'float' }, 'NaN'],
    ['1.5e-7', { kind: 'float' }, 1.5e-7],
    ['t', { kind: 'boolean' }, true],
    [0n, { kind: 'boolean' }, false],
    [new Uint8Array([1]), { kind: 'boolean' }, true],
    ['\\x00ff10', { kind: 'binary' }, 'AP8Q'],
    [new Uint8Array([0, 255]), { kind: 'binary' }, 'AP8='],
    ['2024-02-29 23:59:59.123456+00', { kind: 'timestamp' }, '2024-02-29T23:59:59.123456Z'],
    ['infinity', { kind: 'timestamp' }, 'infinity'],
    ['{"id":12345678901234567890,"n":1.5}', { kind: 'json' }, { id: '12345678901234567890', n: 1.5 }],
    ['not json', { kind: 'json' }, 'not json'],
    ['{1,NULL,3}', { kind: 'array', items: 'integer' }, [1, null, 3]],
    [
      '{{"a,b",c},{"d\\"e",NULL}}',
      { kind: 'array', items: 'text' },
      [
        ['a,b', 'c'],
        ['d"e', null],
      ],
    ],
    ['[0:1]={9223372036854775807,1}', { kind: 'array', items: 'bigint' }, ['9223372036854775807', '1']],
    ['[9007199254740993,1]', { kind: 'array', items: 'bigint' }, ['9007199254740993', '1']],
    ['{"n":0.12345678901234567891}', { kind: 'json' }, { n: '0.12345678901234567891' }],
    [7n, { kind: 'other' }, 7],
    ['(1,2)', { kind: 'other' }, '(1,2)'],
    [null, { kind: 'json' }, null],
  ];
  expect(cases.map(([raw, type]) => toJson(raw, type))).toEqual(cases.map(([, , json]) => json));
});

test('a list that was written as an array is read as the same list', () => {
  const list = ['a', 'b"c', 'd\\e', '{f}', 'NULL', '', null, ['g', 'h,i']];
  expect(parseArray(writeArray(list, (item) => (typeof item === 'string' ? item : null)))).toEqual(list);
  for (const text of ['', '{', '{a', '{a}b', '{"a}', 'a'])
    expect(() => parseArray(text)).toThrow(SyntaxError);
});
