import { expect, test } from 'vitest';
import { newMasterKey, open, rewrap, seal } from './sealing.ts';

const key = newMasterKey();
const place = { organisation: 'local', server: 'weather', name: 'WEATHER_TOKEN' };
const record = seal(key, place, 'a value with ümlauts');

test('what was sealed opens with the same key in the same place', () => {
  expect(open(key, place, record)).toBe('a value with ümlauts');
  expect(JSON.stringify(record)).not.toContain('value');
});

test('one value sealed twice gives two texts', () => {
  expect(seal(key, place, 'same').sealed).not.toBe(seal(key, place, 'same').sealed);
});

test.each([
  ['another organisation', { ...place, organisation: 'other' }],
  ['another server', { ...place, server: 'shop' }],
  ['another name', { ...place, name: 'OTHER' }],
  ['parts that only together read the same', { ...place, server: 'weatherWEATHER_TOKEN', name: '' }],
])('a record does not open for %s', (_, elsewhere) => {
  expect(open(key, elsewhere, record)).toBeUndefined();
});

test('a record does not open with another key, nor with its own key under another id', () => {
  expect(open(newMasterKey(), place, record)).toBeUndefined();
  expect(open(key, place, { ...record, keyId: '0000000000000000' })).toBeUndefined();
});

test('no changed, cut or swapped byte of a record goes unnoticed', () => {
  const flipped = (text: string, index: number): string => {
    const bytes = Buffer.from(text, 'base64');
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    return bytes.toString('base64');
  };
  const other = seal(key, place, 'another value');
  const forgeries = [
    ...Array.from({ length: Buffer.from(record.sealed, 'base64').length }, (_, index) => ({
      ...record,
      sealed: flipped(record.sealed, index),
    })),
    ...Array.from({ length: Buffer.from(record.wrapped, 'base64').length }, (_, index) => ({
      ...record,
      wrapped: flipped(record.wrapped, index),
    })),
    { ...record, sealed: record.sealed.slice(0, -8) },
    { ...record, sealed: '' },
    { ...record, wrapped: '' },
    { ...record, sealed: `${record.sealed} ` },
    { ...record, sealed: other.sealed },
    { ...record, wrapped: other.wrapped },
  ];
  expect(forgeries.filter((forgery) => open(key, place, forgery) !== undefined)).toEqual([]);
});

test('a record under a new master key keeps its value and leaves the old key', () => {
  const to = newMasterKey();
  const moved = rewrap({ from: key, to }, place, record);
  expect(moved && [open(to, place, moved), open(key, place, moved)]).toEqual([
    'a value with ümlauts',
    undefined,
  ]);
  expect(rewrap({ from: key, to }, place, { ...record, sealed: '' })).toBeUndefined();
});
