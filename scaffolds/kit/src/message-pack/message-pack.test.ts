import type { Json } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { fromMessagePack, isMessagePackType, MessagePackProblem, toMessagePack } from './index.ts';

const read = (hex: string): Json => fromMessagePack(Buffer.from(hex, 'hex'));

describe('MessagePack', () => {
  test.each<Json>([
    { compact: true, schema: 0, none: null, list: [1, -1, 127, 128, -33, 70_000, 1.5, 5_000_000_000] },
    [9_007_199_254_740_993n, -9_007_199_254_740_993n, 2n ** 64n - 1n, -(2n ** 63n)],
    'é'.repeat(100),
    Array.from({ length: 70_000 }, (_, index) => index),
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'x'.repeat(300)])),
    JSON.parse('{"__proto__": {"a": 1}}') as Json,
  ])('what is written is read again: %#', (value) => {
    expect(fromMessagePack(toMessagePack(value))).toEqual(value);
  });

  test.each([
    ['cc80', 128],
    ['cdffff', 65_535],
    ['ceffffffff', 4_294_967_295],
    ['cfffffffffffffffff', 18_446_744_073_709_551_615n],
    ['d3ffffffffffffff9c', -100],
    ['d080', -128],
    ['ca3fc00000', 1.5],
    ['c403010203', 'AQID'],
    ['d6ff00000000', '1970-01-01T00:00:00.000Z'],
    ['d7ffa1dcd7c867748580', '2025-01-01T00:00:00.678Z'],
    ['c70c01000000000000000000000000', { type: 1, data: 'AAAAAAAAAAAAAAAA' }],
    ['8101c0', { '1': null }],
  ])('%s is read as %j', (hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  test.each([
    ['a bad first byte', 'c1'],
    ['a text that is cut off', 'a5616263'],
    ['a list that claims more than is there', 'ddffffffff'],
    ['a map that claims more than is there', 'df7fffffff'],
    ['nothing', ''],
    ['two values', '0101'],
    ['lists without end', '91'.repeat(300)],
  ])('%s is refused', (_, hex) => {
    expect(() => read(hex)).toThrow(MessagePackProblem);
  });

  test('its media types are known by all their names', () => {
    const types = [
      'application/msgpack',
      'application/x-msgpack; v=1',
      'application/vnd.msgpack',
      'application/vnd.shop+msgpack',
      'application/json',
      'text/msgpackish',
    ];
    expect(types.filter(isMessagePackType)).toEqual(types.slice(0, 4));
  });
});
