import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { openPackage } from '../package.ts';
import { createToolset, type Toolset } from './toolset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'toolset-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const operation = (name: string): object => ({
  name,
  description: `Does ${name}.`,
  effect: 'read',
  idempotent: true,
  input: { type: 'object', properties: {} },
  http: { method: 'GET', path: `/${name}`, parameters: [], responses: [], accept: [] },
});

const own = (name: string) =>
  defineTool({
    name,
    description: 'Written by hand.',
    effect: 'read',
    input: z.strictObject({}),
    output: z.strictObject({}),
    run: () => ({}),
  });

/** A package of the operations `first` and `second`, with this text in its `tools.json`. */
async function open(toolsText: string | undefined, tools: ReturnType<typeof own>[] = []): Promise<Toolset> {
  const blueprint = { id: 'tiny', types: {}, operations: [operation('first'), operation('second')] };
  const manifest = { id: 'tiny', blueprint: { path: 'blueprint.json', hash: '' }, config: [], secrets: [] };
  await writeFile(join(folder, 'blueprint.json'), JSON.stringify(blueprint));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  if (toolsText !== undefined) await writeFile(join(folder, 'tools.json'), toolsText);
  const server = await openPackage(pathToFileURL(`${folder}/`));
  return createToolset(server, { tools, env: () => undefined, hasBlueprint: true });
}

const listed = async (toolset: Toolset): Promise<string> => (await toolset.text()).join('');
const namesIn = (text: string): string[] => (JSON.parse(text) as { name: string }[]).map(({ name }) => name);

const tricky = [{ name: 'first', description: 'Zwei\nZeilen\r\u2028“ü”', rank: 1.5 }, { name: 'second' }];

test.each([
  ['one tool a line', `[\n${tricky.map((tool) => JSON.stringify(tool)).join(',\n')}\n]\n`],
  ['indented', JSON.stringify(tricky, null, 2)],
  ['with the line ends of another system', JSON.stringify(tricky, null, 2).replaceAll('\n', '\r\n')],
])('a list that stands %s is served as one line that says the same', async (_, text) => {
  const line = await listed(await open(text));
  expect(line).not.toMatch(/[\r\n]/);
  expect(JSON.parse(line)).toEqual(tricky);
});

test.each(['', '{}', '[{"name":"first"'])(
  'a tools.json that holds %j is an error, not a broken message',
  async (text) => {
    const toolset = await open(text);
    await expect(toolset.text()).rejects.toThrow('tools.json is not a JSON list');
  },
);

test('without a tools.json the list is compiled from the blueprint', async () => {
  expect(namesIn(await listed(await open(undefined)))).toEqual(['first', 'second']);
});

test('a hand-written tool takes the place of the compiled one of its name, others come last', async () => {
  const toolset = await open(JSON.stringify(tricky), [own('extra'), own('first')]);
  const text = await listed(toolset);
  expect(namesIn(text)).toEqual(['first', 'second', 'extra']);
  expect(await toolset.names()).toEqual(['first', 'second', 'extra']);
  expect(JSON.parse(text)).toMatchObject([{ description: 'Written by hand.' }, { name: 'second' }, {}]);
  expect((await toolset.find('first'))?.definition.description).toBe('Written by hand.');
});

test('a compiled tool is found without the list being read', async () => {
  const toolset = await open('neither read nor parsed');
  expect((await toolset.find('second'))?.definition).toMatchObject({ description: 'Does second.' });
  expect(await toolset.find('third')).toBeUndefined();
});
