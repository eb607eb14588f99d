import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { ServerId } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { lintTool } from '../../profiles/lint.ts';
import { readSource } from '../read.ts';
import { isData } from './fits.ts';

/** `UPDATE=1` writes what is read now; look at the difference before keeping it. */
const update = process.env['UPDATE'] === '1';
const home = new URL('../../golden/sample/', import.meta.url);

test.each(readdirSync(home))('golden case %s', async (name) => {
  const folder = new URL(`${name}/`, home);
  const input = readdirSync(folder).find((file) => file.startsWith('input.')) ?? '';
  const source = {
    text: readFileSync(new URL(input, folder), 'utf8'),
    location: input.replace('input', name),
    sha256: `sha256-${'0'.repeat(64)}`,
    address: `/data/${input.replace('input', name)}`,
  };
  const { blueprint } = await readSource(source, { id: ServerId.parse('test') });
  const text = `${JSON.stringify(blueprint, undefined, 2)}\n`;
  if (update) writeFileSync(new URL('expected.json', folder), text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  expect(listTools(blueprint).flatMap((tool) => lintTool(tool))).toEqual([]);
});

test('a document that says by its schema what it is about is no table, and rows that only name a schema are', () => {
  const source = (schema: string) => ({
    text: JSON.stringify({ $schema: schema, packages: [{ id: 1 }] }),
    location: 'x.json',
    sha256: `sha256-${'0'.repeat(64)}` as const,
  });
  expect(isData(source('https://json-schema.org/draft/2020-12/schema'))).toBe(false);
  expect(isData(source('https://static.modelcontextprotocol.io/schemas/x/server.schema.json'))).toBe(false);
  expect(isData(source('https://shop.test/orders.json'))).toBe(true);
});
