import { expect, test } from 'vitest';
import { encodeForm, encodeLiteral, encodeReserved, encodeReservedPath, encodeStrict } from './percent.ts';

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
const kept = (encode: (text: string) => string): string =>
  Array.from(printable)
    .filter((character) => encode(character) === character)
    .join('');

test('each place keeps exactly the characters that are safe there', () => {
  const unreserved = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';
  expect(kept(encodeStrict)).toBe(unreserved);
  expect(kept(encodeForm)).toBe(`*${unreserved.slice(0, -1)}`);
  expect(kept(encodeReserved)).toBe(
    "!$'()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~",
  );
  expect(kept(encodeReservedPath)).toBe(
    "!$'()*,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~",
  );
  expect(kept(encodeLiteral)).toBe(
    "!$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~",
  );
});

test('what is encoded already stays as it is only where reserved text is allowed', () => {
  expect([encodeStrict('%41'), encodeReserved('%41%zz'), encodeLiteral('%41')]).toEqual([
    '%2541',
    '%41%25zz',
    '%41',
  ]);
});

test('blanks are a plus in forms alone', () => {
  expect([encodeStrict('a b'), encodeForm('a b+')]).toEqual(['a%20b', 'a+b%2B']);
});
