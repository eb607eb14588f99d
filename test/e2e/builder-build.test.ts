import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Manifest } from '@counterpart/schemas';
import { listFiles } from '@counterpart/scaffolds/server/source-files';
import { expect, test } from 'vitest';
import { renderBuildReport } from '../../hub/src/cli/output/build-report.ts';
import { createPaint } from '../../hub/src/cli/output/text/paint.ts';
import { validateServer } from '../../hub/src/builder/verify/validate.ts';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** Puts a description beside the servers folder and gives its path. */
async function put(workspace: Workspace, text: string, name = 'shop.json'): Promise<string> {
  const file = join(workspace.dir, name);
  await writeFile(file, text);
  return file;
}

const readManifest = async (dir: string): Promise<Manifest> =>
  Manifest.parse(JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')));

/** Every file but the bundle, with its content and the time it was written. */
async function snapshot(dir: string): Promise<Record<string, [string, number]>> {
  const files = (await listFiles(dir, '.')).filter((file) => !file.startsWith('dist/'));
  const entries = await Promise.all(
    files.map(async (file): Promise<[string, [string, number]]> => {
      const path = join(dir, file);
      return [file, [await readFile(path, 'utf8'), (await stat(path)).mtimeMs]];
    }),
  );
  return Object.fromEntries(entries);
}

test('a description becomes an installed, checked package that follows the one pattern', async () => {
  verifies('A03', 'A08', 'A13', 'B01', 'M01');
  await using workspace = await openWorkspace();
  const stages: string[] = [];
  const report = await workspace.build({
    from: await put(workspace, shop()),
    category: 'toys-and-games',
    onProgress: ({ stage }) => void (stages.at(-1) === stage || stages.push(stage)),
  });
  expect(stages).toEqual(['read', 'compile', 'write', 'bundle', 'check', 'install']);
  expect(report).toMatchObject({
    id: 'toy-shop',
    version: '1.0.0',
    outcome: 'installed',
    operations: { total: 4, built: 4, selected: 4, omitted: 0 },
    secrets: ['TOY_SHOP_API_KEY'],
    net: ['toys.example.test:443'],
    check: { toolsListed: 4, callOutcome: 'ok' },
  });
  const dir = join(workspace.serversDir, 'toy-shop');
  expect(await readManifest(dir)).toMatchObject({
    id: 'toy-shop',
    category: 'toys-and-games',
    platform: 'toy-shop',
    entry: 'dist/server.js',
  });
  expect(await listFiles(dir, '.')).toEqual([
    'README.md',
    'blueprint.json',
    'dist/server.js',
    'dist/stamp',
    'manifest.json',
    'package.json',
    'search.json',
    'src/server.ts',
    'test/contract.test.ts',
    'tools.json',
  ]);
  expect(await validateServer(dir)).toEqual([]);
  expect(await readdir(workspace.serversDir)).toEqual(['toy-shop']);
});

test('building again without a change writes nothing', async () => {
  await using workspace = await openWorkspace();
  const from = await put(workspace, shop());
  await workspace.build({ from });
  const before = await snapshot(join(workspace.serversDir, 'toy-shop'));
  const report = await workspace.build({ from });
  expect(report).toMatchObject({ outcome: 'unchanged', version: '1.0.0' });
  expect(await snapshot(join(workspace.serversDir, 'toy-shop'))).toEqual(before);
});

test('versions follow what callers notice', async () => {
  await using workspace = await openWorkspace();
  const versionOf = async (text: string) =>
    (await workspace.build({ from: await put(workspace, text) })).version;
  const versions = [
    await versionOf(shop()),
    await versionOf(shop((it) => void (it.info['description'] = 'Sells many toys.'))),
    await versionOf(
      shop((it) => void (it.paths['/stock'] = { get: { operationId: 'getStock', responses: {} } })),
    ),
    await versionOf(shop((it) => void delete it.paths['/toys/{id}'])),
  ];
  expect(versions).toEqual(['1.0.0', '1.0.1', '1.1.0', '2.0.0']);
});

test('a tool keeps its name when an operation that would have the same one is added', async () => {
  await using workspace = await openWorkspace();
  await workspace.build({ from: await put(workspace, shop()), include: ['/toys'] });
  const added = shop((it) => {
    // Another operation of this name: without a memory both would say what they take.
    it.paths = { '/dolls/{name}': { get: { operationId: 'get_toy', responses: {} } }, ...it.paths };
  });
  const { tools } = await workspace.build({ from: await put(workspace, added), all: true });
  expect(tools).toEqual(['get_toy_by_name', 'list_toys', 'create_toy', 'get_toy', 'delete_toy']);
});

test('a rebuild tells what callers notice, breaking changes first', async () => {
  await using workspace = await openWorkspace();
  const first = await workspace.build({ from: await put(workspace, shop()) });
  expect(first.changes).toBeUndefined();
  const next = shop((it) => {
    delete it.paths['/toys/{id}']?.['delete'];
    it.paths['/stock'] = { get: { operationId: 'getStock', responses: {} } };
    it.components.schemas['Toy'] = {
      type: 'object',
      properties: {
        id: { type: 'integer' },
        name: { type: 'string', maxLength: 9 },
        age: { type: 'integer' },
      },
      required: ['id', 'name', 'age'],
    };
  });
  const { changes } = await workspace.build({ from: await put(workspace, next) });
  expect(changes?.map(({ kind, tool, breaking }) => [kind, tool, breaking])).toEqual([
    ['removed', 'delete_toy', true],
    ['changed', 'list_toys', true],
    ['changed', 'create_toy', true],
    ['changed', 'get_toy', true],
    ['added', 'get_stock', false],
  ]);
  expect(changes?.[2]?.details).toContain('input body.age is new and required');
});

test('a folder of files that refer to each other is one description; what leads out of it is not read, and told', async () => {
  await using workspace = await openWorkspace();
  const document = shop((it) => {
    it.components.schemas['Toy'] = { $ref: 'schemas/toy.yaml' };
    it.paths['/secrets'] = {
      post: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '../outside.json' } } },
        },
        responses: {},
      },
    };
  });
  await mkdir(join(workspace.dir, 'specs/schemas'), { recursive: true });
  await put(workspace, '{"type": "string", "description": "outside"}', 'outside.json');
  await put(workspace, document, 'specs/openapi.json');
  await put(workspace, 'type: object\nproperties:\n  name: {type: string}\n', 'specs/schemas/toy.yaml');
  const report = await workspace.build({ from: join(workspace.dir, 'specs') });
  expect(report).toMatchObject({
    id: 'toy-shop',
    source: 'specs/openapi.json',
    check: { callOutcome: 'ok' },
  });
  expect(report.operations).toMatchObject({ total: 5, built: 5 });
  expect(report.omitted.map(({ code, reason }) => [code, reason.slice(0, 200)])).toEqual([
    [
      'reference-remote',
      expect.stringContaining('../outside.json, which was not read: it is outside of the folder'),
    ],
  ]);
  const tools = await readFile(join(workspace.serversDir, 'toy-shop/tools.json'), 'utf8');
  expect(tools).toContain('"Toy":{"type":"object","properties":{"name":{"type":"string"}}}');
  expect(tools).not.toContain('outside');
});

test('a dry run tells what would be built and leaves nothing', async () => {
  await using workspace = await openWorkspace();
  const report = await workspace.build({ from: await put(workspace, shop()), dryRun: true });
  expect(report).toMatchObject({ outcome: 'planned', version: '1.0.0' });
  expect(report.tools).toHaveLength(4);
  expect(existsSync(workspace.serversDir)).toBe(false);
});

test('a selection builds only what it names, and the report counts the rest', async () => {
  await using workspace = await openWorkspace();
  const report = await workspace.build({ from: await put(workspace, shop()), include: ['/toys/{id}'] });
  expect(report.operations).toEqual({ total: 4, built: 2, selected: 2, omitted: 0 });
});

test('a report says which of several secrets are enough', async () => {
  await using workspace = await openWorkspace();
  const clientCredentials = { tokenUrl: 'https://shop.test/token', scopes: {} };
  const guarded = JSON.parse(shop()) as Record<string, unknown> & { components: Record<string, unknown> };
  guarded['security'] = [{ grant: [] }, { key: [] }];
  guarded.components['securitySchemes'] = {
    grant: { type: 'oauth2', flows: { clientCredentials } },
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  };
  const report = await workspace.build({ from: await put(workspace, JSON.stringify(guarded)) });
  expect(report.enough).toEqual([
    ['TOY_SHOP_TOKEN'],
    ['TOY_SHOP_CLIENT_ID', 'TOY_SHOP_CLIENT_SECRET'],
    ['TOY_SHOP_API_KEY'],
  ]);
  expect(renderBuildReport(report, createPaint(false))).toContain(
    'enough for most tools: TOY_SHOP_TOKEN, or TOY_SHOP_CLIENT_ID and TOY_SHOP_CLIENT_SECRET, or TOY_SHOP_API_KEY\n',
  );
});

test('a description without servers builds a server that asks for its address', async () => {
  await using workspace = await openWorkspace();
  const report = await workspace.build({
    from: await put(
      workspace,
      shop((it) => void delete it.servers),
    ),
  });
  const { config } = await readManifest(report.directory);
  expect(config.find((slot) => slot.name === 'TOY_SHOP_BASE_URL')).toMatchObject({ required: true });
  expect(report.check).toMatchObject({ callOutcome: 'ok' });
});

test('half-broken descriptions build what can be built and name every part left out, with its place', async () => {
  await using workspace = await openWorkspace();
  const broken = shop((it) => {
    it.paths['/lost'] = {
      post: {
        operationId: 'loseToy',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/None' } } },
        },
        responses: {},
      },
    };
    it.paths['/again'] = { get: { operationId: 'listToys', responses: {} } };
  });
  const from = await put(workspace, broken);
  const report = await workspace.build({ from });
  expect(report.check).toMatchObject({ callOutcome: 'ok' });
  expect(new Set(report.tools).size).toBe(report.operations.built);
  const lost = report.omitted.find(({ source }) => source.pointer.startsWith('#/paths/~1lost'));
  expect(lost?.reason).toMatch(/None/);
});

test('--strict refuses a description that loses an operation, and names it', async () => {
  await using workspace = await openWorkspace();
  const lost = { name: 'size', in: 'nowhere', required: true, schema: { type: 'string' } };
  const text = shop((it) => void (it.paths['/toys/{id}']!['get']!['parameters'] = [lost]));
  await expect(workspace.build({ from: await put(workspace, text), strict: true })).rejects.toMatchObject({
    code: 'SOURCE_INCOMPLETE',
    message: expect.stringContaining('GET /toys/{id}') as string,
  });
  expect(existsSync(workspace.serversDir)).toBe(false);
});

test.each([
  ['prose', 'Dear reader, this is not a description.', 'SOURCE_NOT_A_DESCRIPTION'],
  ['another JSON document', '{"name":"x","version":"1"}', 'SOURCE_NOT_A_DESCRIPTION'],
  ['half a JSON document', shop().slice(0, 200), 'SOURCE_NOT_A_DESCRIPTION'],
  ['a description without paths', shop((it) => void (it.paths = {})), 'SOURCE_EMPTY'],
])('%s is refused with a code of its own and leaves nothing', async (_, text, code) => {
  await using workspace = await openWorkspace();
  await expect(workspace.build({ from: await put(workspace, text) })).rejects.toMatchObject({ code });
  expect(existsSync(workspace.serversDir)).toBe(false);
});

test('a failed build leaves the previous version as it was', async () => {
  await using workspace = await openWorkspace();
  await workspace.build({ from: await put(workspace, shop()) });
  const dir = join(workspace.serversDir, 'toy-shop');
  await mkdir(join(dir, 'src/tools'), { recursive: true });
  await writeFile(join(dir, 'src/tools/broken.ts'), 'export const broken = ;');
  const before = await snapshot(dir);
  const changed = await put(
    workspace,
    shop((it) => void (it.info['description'] = 'Changed.')),
  );
  await expect(workspace.build({ from: changed })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringContaining('src/tools/broken.ts:1:23: Unexpected ";"') as string,
  });
  expect(await snapshot(dir)).toEqual(before);
  expect(await readdir(workspace.serversDir)).toEqual(['toy-shop']);
});

test('an aborted build leaves nothing behind', async () => {
  await using workspace = await openWorkspace();
  const abort = new AbortController();
  const from = await put(workspace, shop());
  const onProgress = ({ stage }: { stage: string }) => void (stage === 'check' && abort.abort());
  await expect(workspace.build({ from, signal: abort.signal, onProgress })).rejects.toThrow(/abort/i);
  expect(await readdir(workspace.serversDir)).toEqual([]);
});

test('another service of the same title does not take the place of the first unless it is named', async () => {
  await using workspace = await openWorkspace();
  const first = await workspace.build({ from: await put(workspace, shop()) });
  const other = shop((document) => {
    document.paths = {
      '/games': { get: { operationId: 'listGames', responses: { 204: { description: 'ok' } } } },
    };
  });
  const from = await put(workspace, other, 'games.json');
  await expect(workspace.build({ from })).rejects.toMatchObject({
    code: 'SERVER_EXISTS',
    message: expect.stringContaining('made from shop.json') as unknown,
  });
  const manifest = await readManifest(first.directory);
  expect(Object.keys(manifest.tools)).toContain('list_toys');
  expect((await workspace.build({ from, name: first.id })).tools).toEqual(['list_games']);
});

test('another part of the same description, and a description that moved, are the same service', async () => {
  await using workspace = await openWorkspace();
  const from = await put(workspace, shop());
  await workspace.build({ from, include: ['listToys'] });
  expect((await workspace.build({ from, include: ['createToy'] })).tools).toEqual(['create_toy']);
  const moved = await put(workspace, shop(), 'moved.json');
  expect((await workspace.build({ from: moved })).tools).toContain('create_toy');
});

test("a folder that no build made is nobody's to overwrite", async () => {
  await using workspace = await openWorkspace();
  await mkdir(join(workspace.serversDir, 'toy-shop'), { recursive: true });
  await writeFile(join(workspace.serversDir, 'toy-shop/notes.txt'), 'mine');
  await expect(workspace.build({ from: await put(workspace, shop()) })).rejects.toMatchObject({
    code: 'SERVER_EXISTS',
  });
});

test('nothing of a hostile description is executed, at build or in service', async () => {
  await using workspace = await openWorkspace();
  const marker = join(workspace.dir, 'executed');
  const code = `require('node:fs').writeFileSync(${JSON.stringify(marker)},'')`;
  const payloads = [
    `"+${code}+"`,
    `\`+${code}+\``,
    `'+${code}+'`,
    `*/${code}/*`,
    `\n${code}\n//`,
    `\${${code}}`,
  ];
  const hostile = payloads.join(' ');
  const from = await put(
    workspace,
    shop((it) => {
      it.info = { title: hostile, version: hostile, description: hostile };
      it.paths['/toys']!['get']!['operationId'] = hostile;
      it.paths['/toys']!['get']!['summary'] = hostile;
      it.paths['/toys']!['get']!['tags'] = [hostile];
      it.paths[`/${hostile}`] = {
        get: {
          operationId: `${hostile}2`,
          description: hostile,
          responses: {
            200: { description: hostile, content: { [hostile]: { schema: { type: 'string' } } } },
          },
        },
      };
      it.components.securitySchemes = {
        [hostile]: { type: 'apiKey', in: 'header', name: hostile, description: hostile },
      };
      it.security = [{ [hostile]: [] }];
    }),
  );
  const report = await workspace.build({ from, name: 'hostile' });
  expect(report.outcome).toBe('installed');
  const sources = (await listFiles(report.directory, '.')).filter((file) =>
    /\.ts$|package\.json$/.test(file),
  );
  const texts = await Promise.all(sources.map((file) => readFile(join(report.directory, file), 'utf8')));
  expect(texts.filter((text) => text.includes('writeFileSync'))).toEqual([]);
  expect(existsSync(marker)).toBe(false);
});

test('validation names what was changed by hand', async () => {
  await using workspace = await openWorkspace();
  const { directory } = await workspace.build({ from: await put(workspace, shop()) });
  const change = async (file: string, edit: (text: string) => string): Promise<void> =>
    writeFile(join(directory, file), edit(await readFile(join(directory, file), 'utf8')));
  await change('tools.json', (text) => text.replace('List toys', 'Steal toys'));
  await change('src/server.ts', (text) => `${text}console.log('hello');\n`);
  await change('blueprint.json', (text) => text.replace('toys.example.test', 'evil.example.test'));
  const problems = (await validateServer(directory)).map(({ file, problem }) => `${file}: ${problem}`);
  expect(problems).toEqual([
    expect.stringMatching(/^tools\.json: \w+ differs from the hash/),
    expect.stringMatching(/^blueprint\.json: it differs from the hash/),
    expect.stringMatching(/^src\/server\.ts: it is not what a build writes/),
    expect.stringMatching(/^src\/server\.ts: .*no console\.log/),
  ]);
});
