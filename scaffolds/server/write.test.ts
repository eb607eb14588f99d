import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Manifest, ToolDefinition } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { hashJson } from './content-hash.ts';
import { listFiles } from './source-files.ts';
import { listCompiledTools, renderServer } from './write.ts';

/** `UPDATE=1` writes what the writer gives; look at the diff before committing it. */
const isUpdating = process.env['UPDATE'] === '1';
const goldenDir = fileURLToPath(new URL('../golden/server', import.meta.url));
const cases = await readdir(goldenDir);

const Options = z.strictObject({
  version: z.string(),
  category: z.string(),
  platform: z.string(),
  handFiles: z.array(z.string()),
  /** Hand-written tools; the server lists them after the compiled ones. */
  handTools: z.array(ToolDefinition),
});

async function render(name: string, change: (blueprint: Blueprint) => Blueprint = (blueprint) => blueprint) {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(goldenDir, name, file), 'utf8'));
  const blueprint = change(Blueprint.parse(await read('blueprint.json')));
  const { handTools, ...options } = Options.parse(await read('options.json'));
  return renderServer(blueprint, {
    ...options,
    blueprintHash: hashJson(blueprint),
    tools: [...listCompiledTools(blueprint), ...handTools],
  });
}

test.each(cases)('the package of %s is what it was when it was last looked at', async (name) => {
  const files = await render(name);
  const expectedDir = join(goldenDir, name, 'expected');
  if (isUpdating) {
    await rm(expectedDir, { recursive: true, force: true });
    for (const [path, text] of files) {
      await mkdir(dirname(join(expectedDir, path)), { recursive: true });
      await writeFile(join(expectedDir, path), text);
    }
  }
  const paths = await listFiles(expectedDir, '.');
  const kept = await Promise.all(paths.map((path) => readFile(join(expectedDir, path), 'utf8')));
  expect(Object.fromEntries(files)).toEqual(
    Object.fromEntries(paths.map((path, index) => [path, kept[index]])),
  );
});

test('schemes and types in another order give the same bytes', async () => {
  const flip = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).reverse());
  const flipped = await render('small', (blueprint) => ({
    ...blueprint,
    types: flip(blueprint.types),
    auth: { ...blueprint.auth, schemes: flip(blueprint.auth.schemes) },
  }));
  expect(flipped).toEqual(await render('small'));
});

test('the manifest holds the hash of the blueprint and of every tool as they are written', async () => {
  const files = await render('hand-tools');
  const manifest = Manifest.parse(JSON.parse(files.get('manifest.json') ?? ''));
  const tools = z.array(ToolDefinition).parse(JSON.parse(files.get('tools.json') ?? ''));
  expect(manifest.blueprint?.hash).toBe(hashJson(JSON.parse(files.get('blueprint.json') ?? '')));
  expect(Object.entries(manifest.tools).map(([name, { hash }]) => [name, hash])).toEqual(
    tools.map((tool) => [tool.name, hashJson(tool)]),
  );
});

test('no text of a description comes into code', async () => {
  const files = await render('hostile');
  const code = [...files].filter(([path]) => path.endsWith('.ts') || path === 'package.json');
  expect(code.map(([path]) => path)).toEqual(['src/server.ts', 'package.json', 'test/contract.test.ts']);
  expect(code.filter(([, text]) => /process|alert|javascript/.test(text))).toEqual([]);
});

test('server.ts has at most ten lines, hand-written tools or not', async () => {
  const lengths = await Promise.all(
    cases.map(async (name) => (await render(name)).get('src/server.ts')?.trim().split('\n').length),
  );
  expect(lengths.filter((length = Number.POSITIVE_INFINITY) => length > 10)).toEqual([]);
});

test("text of a description cannot end a README's table, heading or sentence early", async () => {
  const readme = (await render('hostile')).get('README.md') ?? '';
  const rows = readme.split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.map((row) => row.split(/(?<!\\)\|/).length);
  expect(cells.filter((count) => count !== 5)).toEqual([]);
  expect(readme).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(javascript/);
});
