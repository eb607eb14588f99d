import { ServerId } from '@counterpart/schemas';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { textSource } from '../openapi/testing.ts';
import { readSoap } from './read.ts';

const shop = new URL('../../golden/soap/shop/input.wsdl', import.meta.url);
const read = async (text: string) =>
  (await readSoap(textSource(text, 'shop.wsdl'), { id: ServerId.parse('shop') })).blueprint;

test('a WSDL whose own elements have no namespace is read as if they had theirs', async () => {
  const text = await readFile(shop, 'utf8');
  const bare = text
    .replaceAll(/(<\/?)wsdl:/g, '$1')
    .replace(/\sxmlns(?::wsdl)?="http:\/\/schemas\.xmlsoap\.org\/wsdl\/"/g, '');
  expect(bare).not.toBe(text);
  expect((await read(bare)).operations).toEqual((await read(text)).operations);
});

test('a document of another namespace is refused with that namespace', async () => {
  const text = '<definitions xmlns="urn:other"/>';
  await expect(read(text)).rejects.toThrow(/its root is <definitions> of urn:other/);
});
