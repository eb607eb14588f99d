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

test('an attribute whose prefix nothing declares is read over, and an element is refused by its prefix', async () => {
  const text = await readFile(shop, 'utf8');
  const tooled = text.replace(/<(\w+:)?message /, '<$1message tool:made="by hand" ');
  expect(tooled).not.toBe(text);
  expect((await read(tooled)).operations).toEqual((await read(text)).operations);
  const broken = text.replace(/<(\w+:)?message /, '<tool:note/><$1message ');
  await expect(read(broken)).rejects.toThrow(/the prefix tool stands for no namespace/);
});

test('a document of another namespace is refused with that namespace', async () => {
  const text = '<definitions xmlns="urn:other"/>';
  await expect(read(text)).rejects.toThrow(/its root is <definitions> of urn:other/);
});
