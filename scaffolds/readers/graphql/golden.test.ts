import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { buildASTSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { lintTool } from '../../profiles/lint.ts';
import { documentsOf, readText } from './testing.ts';

/** `UPDATE=1` writes what is read now; look at the difference before keeping it. */
const update = process.env['UPDATE'] === '1';
const home = new URL('../../golden/graphql/', import.meta.url);
const cases = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(cases.map(({ name }) => name))('golden case %s', async (name) => {
  const folder = new URL(`${name}/`, home);
  const input = readdirSync(folder).find((file) => file.startsWith('input.')) ?? 'input.graphql';
  const { blueprint } = await readText(readFileSync(new URL(input, folder), 'utf8'), { location: input });
  const text = `${JSON.stringify(blueprint, undefined, 2)}\n`;
  if (update) writeFileSync(new URL('expected.json', folder), text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  expect(listTools(blueprint).flatMap((tool) => lintTool(tool))).toEqual([]);
  // The facet alone is a schema, and the referee takes every compiled document against it.
  const { types, directives, roots } = blueprint.graphql ?? { types: {}, directives: {}, roots: {} };
  const head = `schema { ${Object.entries(roots)
    .map(([kind, type]) => `${kind}: ${type}`)
    .join(' ')} }`;
  const definitions = parse([head, ...Object.values(directives), ...Object.values(types)].join('\n'));
  const schema = buildASTSchema(definitions, { assumeValidSDL: true });
  const refused = documentsOf(blueprint).flatMap((document) => validate(schema, parse(document)));
  expect(refused.map(({ message }) => message)).toEqual([]);
});

test('a schema and its introspection make the same tools', async () => {
  const text = readFileSync(new URL('shop/input.graphql', home), 'utf8');
  const introspected = readFileSync(new URL('introspection/input.json', home), 'utf8');
  const [plain, other] = await Promise.all([readText(text), readText(introspected)]);
  const shape = ({ blueprint }: typeof plain) => ({
    tools: listTools(blueprint),
    graphql: blueprint.operations.map(({ graphql }) => graphql),
    types: Object.keys(blueprint.graphql?.types ?? {}),
  });
  expect(shape(other)).toEqual(shape(plain));
});
