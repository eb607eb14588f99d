import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import { startService, StdioPeer, type Service } from '@counterpart/kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** As a double it is 9007199254740992: another record. */
const ID = 9_007_199_254_740_993n;
const record = { type: 'object', required: ['id'], properties: { id: { type: 'integer', format: 'int64' } } };

const description = {
  openapi: '3.1.0',
  info: { title: 'Ledger', version: '1' },
  servers: [{ url: 'https://ledger.test' }],
  paths: {
    '/entries/{id}': {
      get: {
        operationId: 'get_entry',
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            schema: { type: 'integer', format: 'int64', maximum: Number(2n ** 63n - 1n) },
          },
        ],
        responses: { '200': { description: 'One.', content: { 'application/json': { schema: record } } } },
      },
    },
  },
};

let workspace: Workspace;
let service: Service;
let server: StdioPeer;

beforeAll(async () => {
  workspace = await openWorkspace();
  const from = join(workspace.dir, 'ledger.json');
  await writeFile(from, JSON.stringify(description));
  const { directory } = await workspace.build({ from, name: 'ledger', strict: true });
  service = await startService(({ url }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(`{"id": ${/\d+$/.exec(url ?? '')?.[0]}, "before": [${ID - 2n}, ${ID}]}`);
  });
  server = new StdioPeer(join(directory, 'dist', 'server.js'), { LEDGER_BASE_URL: service.url });
});

afterAll(async () => {
  await server.end();
  await service.close();
  await workspace[Symbol.asyncDispose]();
});

const ask = (id: unknown) => server.modern('tools/call', { name: 'get_entry', arguments: { id } });
const lastMessage = (): unknown => parseExactJson(server.lines.at(-1) ?? '');

test('an id beyond 2^53 asks for that record, and the answer has all digits in its text and its structure', async () => {
  const { result } = await ask(ID);
  expect(result).toMatchObject({
    content: [
      { text: `{"id":${ID},"before":[${ID - 2n},${ID}]}` },
      { text: expect.stringContaining(`Pass such a number on as a text: "${ID}"`) as string },
    ],
  });
  expect(lastMessage()).toMatchObject({
    result: { structuredContent: { id: ID, before: [Number(ID - 2n), ID] } },
  });
});

test('its digits may come as a text, from clients that cannot hold the number', async () => {
  expect((await ask(String(ID))).result).toMatchObject({ structuredContent: { id: Number(ID) } });
  expect(lastMessage()).toMatchObject({ result: { structuredContent: { id: ID } } });
  expect((await ask('12')).result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('id: expected integer, got "12"') as string }],
  });
});

test('it is checked as every number is', async () => {
  const { result } = await ask(10n ** 30n);
  expect(result).toMatchObject({
    isError: true,
    content: [
      {
        text: expect.stringMatching(/id: expected at most .* got 1000000000000000000000000000000$/) as string,
      },
    ],
  });
});

test('a request whose own id has many digits is answered under that id', async () => {
  const answered = server.next(() => true);
  server.write(`{"jsonrpc":"2.0","id":${ID},"method":"ping"}`);
  await answered;
  expect(lastMessage()).toMatchObject({ id: ID });
});
