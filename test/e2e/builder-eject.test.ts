import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ejectTool } from '@counterpart/scaffolds/server/eject';
import type { JsonObject } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { openSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { validateServer } from '../../hub/src/builder/verify/validate.ts';
import { shop } from './builder-shop.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Seen {
  readonly line: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** A service that writes down what it is asked, byte by byte, and answers with a toy. */
async function openRecorder() {
  const seen: Seen[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void (async () => {
      const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
      const { host: _host, connection: _connection, ...headers } = request.headers;
      seen.push({
        line: `${request.method} ${request.url}`,
        headers,
        body: Buffer.concat(chunks).toString('latin1'),
      });
      const toy = { id: 1, name: 'Bear' };
      const isList = request.method === 'GET' && /^\/toys(?:\?|$)/.test(request.url ?? '');
      if (request.method === 'DELETE') response.writeHead(204).end();
      else
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(isList ? [toy] : toy));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const calls: [string, JsonObject][] = [
  ['list_toys', { tag: ['a b', "it's (50%)", 'ü&='], limit: 3 }],
  ['list_toys', {}],
  ['create_toy', { body: { id: 1, name: 'Bear "Ted"\u2028', parts: [{ id: 2, name: 'Ear' }] } }],
  [
    'set_toy_price',
    { id: 7, body: { amount: 12, tags: ['x', 'y'], owner: { name: 'Ann & Bob' } }, 'X-Trace': 'T-1' },
  ],
  ['get_toy', { id: 7 }],
  ['delete_toy', { id: 7 }],
];

type Credential = 'header' | 'query' | 'cookie';

const description = (credential: Credential): string =>
  shop((it) => {
    it.components.securitySchemes = { key: { type: 'apiKey', in: credential, name: 'X-Key' } };
    it.paths['/toys/{id}/price'] = {
      put: {
        operationId: 'setToyPrice',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
        ],
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                properties: {
                  amount: { type: 'integer' },
                  tags: { type: 'array', items: { type: 'string' } },
                  owner: { type: 'object', properties: { name: { type: 'string' } } },
                },
              },
              encoding: { owner: { style: 'deepObject', explode: true } },
            },
          },
        },
        responses: {
          200: {
            description: 'Done.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Toy' } } },
          },
        },
      },
    };
  });

async function build(workspace: Workspace, credential: Credential = 'header') {
  const from = join(workspace.dir, 'shop.json');
  await writeFile(from, description(credential));
  return workspace.build({ from });
}

/** Makes every call against the recorder; what it saw, and what the callers got. */
async function callAll(directory: string) {
  await using recorder = await openRecorder();
  const session = await openSession({
    file: join(directory, 'dist/server.js'),
    env: { TOY_SHOP_BASE_URL: recorder.url, TOY_SHOP_API_KEY: 'k-1' },
    timeoutMs: 10_000,
  });
  try {
    const outcomes = [];
    for (const [name, input] of calls) outcomes.push(await session.callTool(name, input));
    return { seen: recorder.seen, errors: outcomes.filter(({ isError }) => isError) };
  } finally {
    await session.close();
  }
}

test.each(['header', 'query', 'cookie'] as const)(
  'an ejected tool sends what the compiled one sent, byte by byte, with the credential in the %s',
  async (credential) => {
    // Where no packages are, neither here nor above: hand-written tools need the kit and zod.
    await using workspace = await openWorkspace(tmpdir());
    const { directory, tools } = await build(workspace, credential);
    const before = await callAll(directory);
    expect(before.errors).toEqual([]);
    expect(before.seen.filter((seen) => !JSON.stringify(seen).includes('k-1'))).toEqual([]);
    for (const tool of tools) await ejectTool(directory, tool);
    const report = await build(workspace, credential);
    expect(report.tools).toEqual(tools);
    expect(await validateServer(directory)).toEqual([]);
    const after = await callAll(directory);
    expect(after).toEqual(before);
  },
);

test('an ejected tool passes the strict types and the lint', async () => {
  await using workspace = await openWorkspace();
  const { directory, tools } = await build(workspace);
  for (const tool of tools) await ejectTool(directory, tool);
  const config = join(workspace.dir, 'tsconfig.json');
  await writeFile(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.base.json'), include: [join(directory, 'src')] }),
  );
  await build(workspace);
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', config]);
  // What git ignores, as it does the workspace, is not linted; so a copy elsewhere is.
  const copy = await mkdtemp(join(tmpdir(), 'ejected-'));
  try {
    await cp(join(directory, 'src'), copy, { recursive: true });
    const lint = await run(join(root, 'node_modules/.bin/oxlint'), [
      '-c',
      join(root, '.oxlintrc.json'),
      copy,
    ]);
    expect(lint.stdout).toMatch(/Found 0 warnings and 0 errors/);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});

test('a rebuild keeps the ejected tool, and removing its file brings the compiled one back', async () => {
  await using workspace = await openWorkspace();
  const { directory } = await build(workspace);
  const { file } = await ejectTool(directory, 'get_toy');
  expect(file).toBe('src/tools/get-toy.ts');
  const code = await readFile(join(directory, file), 'utf8');
  await writeFile(join(directory, file), code.replace(/description: ".*"/, 'description: "Mine."'));
  await build(workspace);
  const tools = async () => readFile(join(directory, 'tools.json'), 'utf8');
  expect(await tools()).toContain('"description":"Mine."');
  await rm(join(directory, file));
  await build(workspace);
  expect(await tools()).not.toContain('"description":"Mine."');
});

test('a file that is there already is not overwritten, and an unknown tool is named', async () => {
  await using workspace = await openWorkspace();
  const { directory } = await build(workspace);
  await ejectTool(directory, 'get_toy');
  await expect(ejectTool(directory, 'get_toy')).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  await expect(ejectTool(directory, 'get_car')).rejects.toMatchObject({ code: 'TOOL_UNKNOWN' });
});
