import type { GrpcFacet, GrpcField, Json } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';

const P = 'google.protobuf.';
const one = (
  name: string,
  number: number,
  type: GrpcField['type'],
  more: Partial<GrpcField> = {},
): GrpcField => ({
  name,
  number,
  type,
  ...more,
});

const FACET: GrpcFacet = {
  enums: { 't.Color': { NONE: 0, RED: 1, CRIMSON: 1, BLUE: -2 } },
  messages: {
    't.M': [
      one('a', 1, 'int32'),
      one('b', 2, 'string'),
      one('c', 3, 'message', { of: 't.M' }),
      one('list', 4, 'int32', { repeated: true, packed: true }),
      one('loose', 5, 'sint64', { repeated: true }),
      one('color', 6, 'enum', { of: 't.Color' }),
      one('table', 7, 'message', { of: 't.M', key: 'int32' }),
      one('left', 8, 'string', { presence: true, oneof: 'side' }),
      one('right', 9, 'int32', { presence: true, oneof: 'side' }),
      one('raw', 10, 'bytes'),
      one('far', 11, 'uint64'),
      one('real', 12, 'double'),
      one('flag', 13, 'bool', { presence: true }),
      one('any', 14, 'message', { of: `${P}Any` }),
      one('group', 15, 'group', { of: 't.M' }),
      one('near', 16, 'float'),
      one('fixed', 17, 'sfixed64'),
      one('names', 18, 'bool', { key: 'bool' }),
    ],
  },
};

const hex = (value: Json, type = 't.M'): string => encodeMessage(FACET, type, value).toString('hex');
const json = (text: string, type = 't.M'): Json =>
  decodeMessage(FACET, type, Buffer.from(text.replaceAll(' ', ''), 'hex'));
const set = (text: string): Json => {
  const empty = Object.entries(json('') ?? {});
  const read = Object.entries(json(text) ?? {});
  return Object.fromEntries(
    read.filter(([key, value]) => JSON.stringify(Object.fromEntries(empty)[key]) !== JSON.stringify(value)),
  );
};

describe('a message is written as the encoding says', () => {
  test.each<[Json, string]>([
    [{ a: 150 }, '089601'],
    [{ far: 9_007_199_254_740_993n }, '588180808080808010'],
    [{ a: -1 }, '08ffffffffffffffffff01'],
    [{ b: 'testing' }, '120774657374696e67'],
    [{ c: { a: 150 } }, '1a03089601'],
    [{ list: [3, 270, 86942] }, '2206038e029ea705'],
    [{ loose: ['-1', 1] }, '28012802'],
    [{ color: 'BLUE' }, '30feffffffffffffffff01'],
    [{ table: { 2: { a: 1 } } }, '3a06080212020801'],
    [{ left: '' }, '4200'],
    [{ raw: '_w' }, '5201ff'],
    [{ far: '18446744073709551615' }, '58ffffffffffffffffff01'],
    [{ real: 'NaN' }, '61000000000000f87f'],
    [{ flag: false }, '6800'],
    [{ group: { a: 1 } }, '7b08017c'],
    [{ near: 0.1 }, '8501cdcccc3d'],
    [{ fixed: '-2' }, '8901feffffffffffffff'],
    [{ names: { true: true } }, '92010408011001'],
    [{ a: 0, b: '', list: [], color: 'NONE', real: 0, other: 1 }, ''],
    [{ real: -0 }, '610000000000000080'],
  ])('%j is %s', (value, text) => {
    expect(hex(value)).toBe(text);
    expect(hex(json(text))).toBe(text);
  });

  test.each<[Json, string]>([
    [{ a: 2_147_483_648 }, 'a: 2147483648 does not fit into int32 (-2147483648 to 2147483647)'],
    [{ a: 1.5 }, 'a: 1.5 is no whole number'],
    [{ a: '' }, 'a: "" is no whole number'],
    [{ far: '-1' }, 'far: "-1" does not fit into uint64 (0 to 18446744073709551615)'],
    [{ b: 1 }, 'b: 1 is no text'],
    [{ raw: '!' }, 'raw: "!" is no base64'],
    [{ real: 'much' }, 'real: "much" is no number'],
    [{ flag: 'yes' }, 'flag: "yes" is neither true nor false'],
    [{ color: 'GREEN' }, 'color: "GREEN" is no value of t.Color'],
    [{ c: 'text' }, '"text" is no object, as t.M is'],
    [{ left: 'a', right: 1 }, 'left and right are alternatives (side): give one of them'],
  ])('%j is refused', (value, words) => {
    expect(() => hex(value)).toThrow(words);
  });

  test('of two alternatives a mirror takes the first', () => {
    const bytes = encodeMessage(FACET, 't.M', { left: 'a', right: 1 }, { alternatives: 'first' });
    expect(bytes.toString('hex')).toBe('420161');
  });
});

describe('a message is read as the encoding says', () => {
  test.each<[string, string, Json]>([
    [
      'lists come packed and one by one, whatever was agreed',
      '2204038e0201 2007 2a0201 02',
      { list: [3, 270, 1, 7], loose: ['-1', '1'] },
    ],
    ['a second message of a field adds to the first', '1a020801 1a03120161', { c: { a: 1, b: 'a' } }],
    ['the last alternative counts', '420161 4805', { right: 5 }],
    ['what is not known is passed over, nested groups too', 'f20100 fb01 fb01 fc01 fc01 0801', { a: 1 }],
    ['a number in the place of a text is that of another version', '1001 0801', { a: 1 }],
    ['a name that two values share is the first', '3001', { color: 'RED' }],
    ['a value of a later version stands for itself', '3007', { color: 7 }],
    ['an entry without a value has the empty one', '3a020803', { table: { 3: {} } }],
  ])('%s', (_name, text, value) => {
    expect(set(text)).toMatchObject(value as object);
  });

  test.each([
    ['0880', 'it ends inside a number'],
    ['0affffffff0f', 'it ends inside a field'],
    ['12027f', 'it ends inside a field'],
    ['1202c328', 'b holds text that is not UTF-8'],
    ['0e', 'a field has the unknown wire type 6'],
    ['00', 'a field has no valid number'],
    ['f401', 'a group ends that did not begin'],
    ['7b0801', 'it ends inside a group'],
    ['08ffffffffffffffffffff01', 'a number is too long'],
  ])('%s is refused', (text, words) => {
    expect(() => json(text)).toThrow(words);
  });

  test('depth has an end, in messages and in groups that nobody knows', () => {
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 200; depth += 1)
      nested = Buffer.concat([
        Buffer.from([0x1a, 0x80 | (nested.length & 0x7f), nested.length >> 7]),
        nested,
      ]);
    expect(() => decodeMessage(FACET, 't.M', nested)).toThrow('nested deeper than 100');
    const groups = Buffer.alloc(500_000, Buffer.from('fb01', 'hex'));
    expect(() => decodeMessage(FACET, 't.M', groups)).toThrow('it ends inside a number');
  });
});

describe('well-known types have a JSON of their own', () => {
  test.each<[string, Json, string]>([
    ['Timestamp', '2026-01-31T12:00:00.250Z', '08c0ddf7cb06 1080e59a77'],
    ['Timestamp', '1969-12-31T23:59:59Z', '08ffffffffffffffffff01'],
    ['Duration', '-1.500s', '08ffffffffffffffffff01 1080b6ca91feffffffff01'],
    ['FieldMask', 'displayName,price.units', '0a0c646973706c61795f6e616d65 0a0b70726963652e756e697473'],
    ['Empty', {}, ''],
    ['StringValue', '', ''],
    ['Int64Value', '9', '0809'],
    ['Value', null, '0800'],
    ['Value', [1, 'a', { b: true }], '321d 0a09110000000000 00f03f 0a031a0161 0a0b2a090a070a016212022001'],
    ['Struct', {}, ''],
  ])('%s %j', (type, value, text) => {
    expect(hex(value, `${P}${type}`)).toBe(text.replaceAll(' ', ''));
    const read = json(text, `${P}${type}`);
    expect(read).toEqual(type === 'Duration' ? '-1.5s' : value);
  });

  test('an Any holds a message that is known by its members, and others by their bytes', () => {
    const known = { '@type': 'type.googleapis.com/t.M', a: 1 };
    expect(json(hex({ any: known }))).toMatchObject({ any: known });
    const time = { '@type': `x/${P}Duration`, value: '2s' };
    expect(json(hex({ any: time }))).toMatchObject({ any: time });
    const strange = { '@type': 'x/y.Z', value: 'AQI=' };
    expect(json(hex({ any: strange }))).toMatchObject({ any: strange });
  });
});
