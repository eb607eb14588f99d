import { describe, expect, it } from 'vitest';
import { parseWholeArguments, parseWordArguments } from './call-arguments.ts';

const schema = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    ratio: { type: ['number', 'null'] },
    metric: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    ids: { $ref: '#/$defs/Ids' },
    'filter.name': { type: 'string' },
    either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    body: { $ref: '#/$defs/Body' },
  },
  $defs: {
    Ids: { type: 'array', items: { type: 'integer' } },
    Body: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        size: { type: 'object', properties: { cm: { type: 'number' } } },
      },
    },
  },
};

describe('parseWordArguments', () => {
  it.each([
    ['text stays text, also when it looks like a number', ['city=007'], { city: '007' }],
    ['a text may hold an equals sign', ['city=a=b'], { city: 'a=b' }],
    [
      'numbers, booleans and null',
      ['days=3', 'ratio=null', 'metric=true'],
      { days: 3, ratio: null, metric: true },
    ],
    ['a list with commas', ['ids=1, 2,3'], { ids: [1, 2, 3] }],
    ['a list by repetition', ['tags=a', 'tags=b,c'], { tags: ['a', 'b', 'c'] }],
    ['a list as JSON', ['tags=["a,b"]'], { tags: ['a,b'] }],
    ['an empty list', ['tags='], { tags: [] }],
    ['nested members', ['body.name=12', 'body.size.cm=4.5'], { body: { name: '12', size: { cm: 4.5 } } }],
    ['a body as JSON', ['body={"name":"x"}'], { body: { name: 'x' } }],
    ['a property whose name holds a dot', ['filter.name=x'], { 'filter.name': 'x' }],
    ['alternatives prefer the literal', ['either=5'], { either: 5 }],
    ['what the schema does not know is guessed', ['other=5', 'more=x'], { other: 5, more: 'x' }],
    [
      'a hostile name is a plain member',
      ['__proto__.polluted=1'],
      JSON.parse('{"__proto__":{"polluted":1}}'),
    ],
  ])('%s', (_, words, expected) => {
    expect(JSON.stringify(parseWordArguments(words, schema))).toBe(JSON.stringify(expected));
  });

  it('says which word does not fit and why', () => {
    expect(() => parseWordArguments(['days=three'], schema)).toThrow(
      'days does not fit: integer is needed, and "three" is not',
    );
    expect(() => parseWordArguments(['days'], schema)).toThrow('write it as key=value');
  });

  it('lays words over arguments given whole', () => {
    expect(
      parseWordArguments(['days=2', 'body.name=y'], schema, { days: 1, body: { name: 'x', size: {} } }),
    ).toEqual({
      days: 2,
      body: { name: 'y', size: {} },
    });
  });
});

describe('numbers that no double holds', () => {
  const big = '12345678901234567890';
  const written = (words: string[], base: string) =>
    JSON.stringify(parseWordArguments(words, schema, parseWholeArguments(base)));

  it('keep their digits, in words and in whole arguments', () => {
    expect(written([`days=${big}`, `body.size.cm=1.00000000000000000001`], `{"ids":[${big}]}`)).toBe(
      `{"ids":[${big}],"days":${big},"body":{"size":{"cm":1.00000000000000000001}}}`,
    );
    expect(written([`ids=1,${big}`, `either=${big}`, `any=[${big}]`], '{}')).toBe(
      `{"ids":[1,${big}],"either":${big},"any":[${big}]}`,
    );
    expect(written([`city=${big}`], `{"body":{"size":{"cm":${big}}}}`)).toBe(
      `{"body":{"size":{"cm":${big}}},"city":"${big}"}`,
    );
  });

  it('are no objects, and no whole numbers where they are not', () => {
    expect(() => parseWholeArguments(big)).toThrow('it must be a JSON object');
    expect(() => written(['days=0.12345678901234567'], '{}')).toThrow('integer is needed');
    expect(written(['body.name=x'], `{"body":${big}}`)).toBe('{"body":{"name":"x"}}');
  });
});

describe('parseWholeArguments', () => {
  it('takes a JSON object and nothing else', () => {
    expect(parseWholeArguments('{"a":[1]}')).toEqual({ a: [1] });
    for (const text of ['[1]', '3', '{', ''])
      expect(() => parseWholeArguments(text)).toThrow('it must be a JSON object');
  });
});
