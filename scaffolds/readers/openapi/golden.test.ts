import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { lintTool } from '../../profiles/lint.ts';
import { definitionOf, readText } from './testing.ts';

/** `UPDATE=1` writes what is read now; look at the difference before keeping it. */
const update = process.env['UPDATE'] === '1';
const home = new URL('../../golden/openapi/', import.meta.url);
const cases = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test('there are at least fifteen golden cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(15);
});

test.each(cases.map(({ name }) => name))('golden case %s', async (name) => {
  const folder = new URL(`${name}/`, home);
  const input = readdirSync(folder).find((file) => file.startsWith('input.')) ?? 'input.yaml';
  const { blueprint } = await readText(readFileSync(new URL(input, folder), 'utf8'));
  const text = `${JSON.stringify(blueprint, undefined, 2)}\n`;
  if (update) writeFileSync(new URL('expected.json', folder), text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  const tools = blueprint.operations.map((operation) => definitionOf(blueprint, operation));
  expect(tools.flatMap((tool) => lintTool(tool))).toEqual([]);
});
