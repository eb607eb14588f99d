import { spawn } from 'node:child_process';
import { cp, mkdtemp, mkdir, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleServer, isBundleFresh } from '@counterpart/scaffolds/server/bundle/bundle';
import { expect, test } from 'vitest';
import { openSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';
import { openWorkspace } from './builder-workspace.ts';

const vitest = fileURLToPath(new URL('../../node_modules/.bin/vitest', import.meta.url));

const handTool = `import { defineTool } from '@counterpart/kit';
import { z } from 'zod';

export const greetToy = defineTool({
  name: 'greet_toy',
  description: 'Says hello to a toy.',
  effect: 'read',
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ greeting: z.string() }),
  run: ({ name }) => ({ greeting: \`Hello, \${name}\` }),
});
`;

/** A server with a hand-written tool, in a folder that has no packages anywhere above it. */
async function openOutside() {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'shop.json');
  await writeFile(from, shop());
  await mkdir(join(workspace.serversDir, 'toy-shop/src/tools'), { recursive: true });
  await writeFile(join(workspace.serversDir, 'toy-shop/src/tools/greet-toy.ts'), handTool);
  const report = await workspace.build({ from });
  const dir = await mkdtemp(join(tmpdir(), 'bundle-'));
  await cp(report.directory, dir, { recursive: true });
  return { dir, report, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

test('a server is one file that runs where no packages are, its hand-written tools included', async () => {
  await using outside = await openOutside();
  await rm(join(outside.dir, 'dist'), { recursive: true });
  const { file, bytes } = await bundleServer(outside.dir);
  expect(bytes).toBeGreaterThan(10_000);
  expect((await readdir(join(outside.dir, 'dist'))).sort()).toEqual(['server.js', 'stamp']);
  const session = await openSession({ file, env: {}, timeoutMs: 10_000 });
  try {
    expect((await session.listTools()).map(({ name }) => name)).toEqual(outside.report.tools);
    expect(outside.report.tools).toContain('greet_toy');
    expect(await session.callTool('greet_toy', { name: 'Ted' })).toEqual({
      isError: false,
      text: '{"greeting":"Hello, Ted"}',
      structured: { greeting: 'Hello, Ted' },
      drift: [],
    });
  } finally {
    await session.close();
  }
});

test('a bundle is fresh until a source, the blueprint or the bundle itself changes', async () => {
  await using outside = await openOutside();
  const { dir } = outside;
  const after = async (file: string, edit: (text: string) => string): Promise<boolean> => {
    const text = await readFile(join(dir, file), 'utf8');
    await writeFile(join(dir, file), edit(text));
    const fresh = await isBundleFresh(dir);
    await writeFile(join(dir, file), text);
    return fresh;
  };
  expect(await isBundleFresh(dir)).toBe(true);
  expect(await after('src/tools/greet-toy.ts', (text) => text.replace('Hello', 'Hi'))).toBe(false);
  expect(await after('blueprint.json', (text) => `${text} `)).toBe(false);
  expect(await after('README.md', (text) => `${text} `)).toBe(true);
  expect(await isBundleFresh(dir)).toBe(true);
  await rm(join(dir, 'dist/server.js'));
  expect(await isBundleFresh(dir)).toBe(false);
});

test('what a killed bundler left is removed by a later one', async () => {
  await using outside = await openOutside();
  const forgotten = join(outside.dir, 'dist/.aside-1');
  await mkdir(forgotten);
  await utimes(forgotten, new Date(0), new Date(0));
  await bundleServer(outside.dir);
  expect((await readdir(join(outside.dir, 'dist'))).sort()).toEqual(['server.js', 'stamp']);
});

test('a program that cannot be bundled is told with file and line, and nothing is printed', async () => {
  await using outside = await openOutside();
  await writeFile(
    join(outside.dir, 'src/tools/greet-toy.ts'),
    'export const greetToy = 1;\nexport nothing;\n',
  );
  const bundler = new URL('../../scaffolds/server/bundle/bundle.ts', import.meta.url).href;
  const program = `import { bundleServer } from ${JSON.stringify(bundler)};
    await bundleServer(${JSON.stringify(outside.dir)}).catch(({ message }) => process.exitCode = message.includes('src/tools/greet-toy.ts:2:8: ') ? 3 : 4);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, printed }).toEqual({ code: 3, printed: '' });
  expect((await readdir(join(outside.dir, 'dist'))).sort()).toEqual(['server.js', 'stamp']);
});

test('bundling one server many times at once leaves one whole bundle', async () => {
  await using outside = await openOutside();
  await Promise.all([1, 2, 3, 4].map(() => bundleServer(outside.dir)));
  expect(await isBundleFresh(outside.dir)).toBe(true);
  expect((await readdir(join(outside.dir, 'dist'))).sort()).toEqual(['server.js', 'stamp']);
});

test('the contract test that a package ships passes, against a service that is not there', async () => {
  verifies('B02');
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'shop.json');
  await writeFile(from, shop());
  const { directory } = await workspace.build({ from });
  const child = spawn(vitest, ['run', '--root', directory], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/Tests.*passed/) as string });
});

test('a changed hand-written tool is taken in by building from the server itself, with no description at hand', async () => {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'shop.json');
  const tool = join(workspace.serversDir, 'toy-shop/src/tools/greet-toy.ts');
  await writeFile(from, shop());
  await mkdir(dirname(tool), { recursive: true });
  await writeFile(tool, handTool);
  const { directory, tools } = await workspace.build({ from });
  await rm(from);
  await writeFile(tool, handTool.replaceAll('greet_toy', 'hug_toy'));
  const again = await workspace.build({ from: directory });
  expect(again).toMatchObject({ id: 'toy-shop', outcome: 'installed', check: { callOutcome: 'ok' } });
  expect(again.tools).toEqual(tools.map((name) => (name === 'greet_toy' ? 'hug_toy' : name)));
  expect(await workspace.build({ from: join(directory, 'blueprint.json') })).toMatchObject({
    outcome: 'unchanged',
  });
  await writeFile(join(directory, 'blueprint.json'), '{ "blueprint": 1 }');
  await expect(workspace.build({ from: directory })).rejects.toThrow(/is not valid/);
});
