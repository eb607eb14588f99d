import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { ejectTool } from '@counterpart/scaffolds/server/eject';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { startReferee } from '../fixtures/graphql/referee.ts';
import { verifies } from '../verifies.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

const schemaFile = fileURLToPath(
  new URL('../../scaffolds/golden/graphql/shop/input.graphql', import.meta.url),
);

const blueprintOf = async (workspace: Workspace, id: string): Promise<Blueprint> =>
  Blueprint.parse(JSON.parse(await readFile(join(workspace.serversDir, id, 'blueprint.json'), 'utf8')));

interface Result {
  readonly text: string;
  readonly structured: unknown;
  readonly isError: boolean;
}

interface Caller extends AsyncDisposable {
  names(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<Result>;
}

/** The built program, called by the public SDK's client. */
async function connect(workspace: Workspace, id: string, env: Record<string, string>): Promise<Caller> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const program = join(workspace.serversDir, id, 'dist', 'server.js');
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [program], env }));
  return {
    names: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args) {
      const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
      const text = content.map((item) => (item.type === 'text' ? item.text : '')).join('\n');
      return { text, structured: structuredContent, isError: isError === true };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Answers every request with this. */
async function serveText(
  status: number,
  type: string,
  text: string,
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(text),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, // it listens on a port
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test('a schema becomes a server and a mirror, and what one creates the other gives back', async () => {
  verifies('M39');
  await using workspace = await openWorkspace();
  const report = await workspace.build({
    from: schemaFile,
    name: 'shop',
    baseUrl: 'https://shop.example.test/graphql',
  });
  expect(report).toMatchObject({
    outcome: 'installed',
    check: { callOutcome: 'ok' },
    net: ['shop.example.test:443'],
  });
  const mirror = await startMirror(await blueprintOf(workspace, 'shop'));
  await using shop = await connect(workspace, 'shop', { SHOP_BASE_URL: mirror.url });
  try {
    expect(await shop.names()).toEqual(report.tools);
    const draft = { sku: 'S-1', name: 'Lamp', price: 1200, makerId: 'maker-2' };
    const made = await shop.call('create_product', { input: draft, fields: ['product.id', 'problems'] });
    expect(made).toMatchObject({
      structured: { product: { id: 'product-4' }, problems: [] },
      isError: false,
    });
    const read = await shop.call('get_product', { id: 'product-4', fields: ['name', 'price', 'maker.id'] });
    expect(read.structured).toEqual({ name: 'Lamp', price: 1200, maker: { id: 'maker-2' } });
    await shop.call('update_product', { id: 'product-4', name: 'Big lamp' });
    const first = await shop.call('list_products', { first: 3, fields: ['name'] });
    expect(first.structured).toMatchObject({
      pageInfo: { hasNextPage: true },
      next_call: { after: expect.any(String) as string },
    });
    const all = await shop.call('list_products', { first: 3, all: true, fields: ['name'] });
    expect(JSON.stringify(all.structured)).toContain('"Big lamp"');
    const asked = await shop.call('run_query', {
      document: 'query($f: ProductFilter) { products(filter: $f) { totalCount nodes { id } } version }',
      variables: { f: { name: 'Big lamp' } },
    });
    expect(asked.structured).toMatchObject({
      data: { products: { totalCount: 1, nodes: [{ id: 'product-4' }] } },
    });
    // A text is a text, though a file may be given as one where a file is wanted.
    expect(
      (await shop.call('search_found', { text: 'big', fields: ['... on Product { name }'] })).structured,
    ).toEqual({
      result: [{ name: 'Big lamp' }],
    });
    const file = { text: 'x', filename: 'x.txt' };
    expect(await shop.call('add_picture', { productId: 'product-4', file, fields: ['id'] })).toMatchObject({
      isError: false,
    });
    await shop.call('delete_product', { id: 'product-4' });
    expect(await shop.call('get_product', { id: 'product-4' })).toMatchObject({
      structured: {},
      isError: false,
    });
    const gone = await shop.call('delete_product', { id: 'product-4' });
    expect(gone).toMatchObject({ isError: true, text: expect.stringContaining('NOT_FOUND') as string });
  } finally {
    await mirror.close();
  }
});

test('events are heard while they happen, over WebSocket and as server-sent events', async () => {
  verifies('M39');
  await using workspace = await openWorkspace();
  await workspace.build({ from: schemaFile, name: 'shop', baseUrl: 'https://shop.example.test/graphql' });
  const mirror = await startMirror(await blueprintOf(workspace, 'shop'));
  // A service without sockets in front of the same mirror.
  const plain = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { accept = '' } = request.headers;
      const answer = await fetch(`${mirror.url}${request.url ?? ''}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      try {
        for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) response.write(chunk);
      } catch {
        // The listener left.
      }
      response.end();
    })();
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const plainUrl = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`; // it listens on a port
  try {
    for (const url of [mirror.url, plainUrl]) {
      await using shop = await connect(workspace, 'shop', { SHOP_BASE_URL: url });
      const over = new AbortController();
      const heard = shop
        .call('watch_stock_changed', { events: 2, seconds: 60, fields: ['name'] })
        .finally(() => over.abort());
      // Until it listens nothing is heard, and nobody says when it does: things change until both came.
      for (let count = 0; !over.signal.aborted && count < 1_000; count += 1)
        await shop.call('update_product', { id: 'product-1', name: `Name ${count}` });
      expect((await heard).structured).toMatchObject({
        events: [
          { name: expect.stringMatching(/^Name \d+$/) as string },
          { name: expect.stringMatching(/^Name/) as string },
        ],
        ended: 'events',
      });
      const none = await shop.call('run_subscription', { document: 'subscription { ticks }', seconds: 1 });
      expect(none.structured).toEqual({ events: [], ended: 'seconds' });
    }
  } finally {
    plain.closeAllConnections();
    await new Promise((resolve) => plain.close(resolve));
    await mirror.close();
  }
});

test('what kept a part of an event from coming is told with the events', async () => {
  await using workspace = await openWorkspace();
  const event = {
    data: { stockChanged: null },
    errors: [{ message: 'Out of reach', path: ['stockChanged'] }],
  };
  await using service = await serveText(
    200,
    'text/event-stream',
    `event: next\ndata: {"data":{"ticks":7}}\n\nevent: next\ndata: ${JSON.stringify(event)}\n\nevent: complete\ndata:\n\n`,
  );
  await workspace.build({ from: schemaFile, name: 'shop', baseUrl: 'https://shop.example.test/graphql' });
  await using shop = await connect(workspace, 'shop', { SHOP_BASE_URL: service.url });
  const heard = await shop.call('watch_ticks', { max_events: 2 });
  expect(heard.structured).toEqual({ events: [7, null], ended: 'events' });
  expect(heard.text).toContain('parts of the answer are missing:\nOut of reach (at stockChanged)');
});

test('a live endpoint is asked for its schema, and makes the tools that its text makes', async () => {
  verifies('M39');
  await using workspace = await openWorkspace();
  const fromText = await workspace.build({
    from: schemaFile,
    name: 'shop',
    baseUrl: 'https://shop.example.test/graphql',
  });
  const mirror = await startMirror(await blueprintOf(workspace, 'shop'));
  await using referee = await startReferee(await readFile(schemaFile, 'utf8'));
  try {
    for (const [name, from] of [
      ['live', `${mirror.url}/graphql`],
      ['other', referee.url],
    ] as const) {
      const report = await workspace.build({ from, name });
      expect(report.tools).toEqual(fromText.tools);
      expect(await blueprintOf(workspace, name)).toMatchObject({
        servers: [{ url: new URL(from).origin }],
        graphql: { path: '/graphql' },
      });
    }
  } finally {
    await mirror.close();
  }
});

test('an endpoint that keeps its schema to itself, or is none, is told apart with what to do', async () => {
  await using workspace = await openWorkspace();
  const off = JSON.stringify({ errors: [{ message: 'GraphQL introspection is not allowed.' }] });
  await using closed = await serveText(400, 'application/json', off);
  await expect(workspace.build({ from: closed.url })).rejects.toMatchObject({
    code: 'INTROSPECTION_REFUSED',
    message: expect.stringContaining('GraphQL introspection is not allowed') as string,
    fix: expect.stringContaining('hub build --from schema.graphql --base-url') as string,
  });
  await using locked = await serveText(401, 'application/json', '{"message":"Bad credentials"}');
  await expect(workspace.build({ from: locked.url })).rejects.toMatchObject({
    code: 'INTROSPECTION_REFUSED',
    message: expect.stringContaining('Bad credentials') as string,
  });
  await using page = await serveText(200, 'text/html', '<!doctype html><title>Playground</title>');
  await expect(workspace.build({ from: page.url })).rejects.toMatchObject({
    // A page is looked around at for a description, and this one leads to none.
    code: 'SOURCE_UNDISCOVERED',
  });
});

test('an answer that is none is told as such, and a tool that cannot become code is refused', async () => {
  await using workspace = await openWorkspace();
  await workspace.build({ from: schemaFile, name: 'shop', baseUrl: 'https://shop.example.test/graphql' });
  await using page = await serveText(200, 'text/html', '<h1>Welcome</h1>');
  await using shop = await connect(workspace, 'shop', { SHOP_BASE_URL: new URL(page.url).origin });
  await expect(ejectTool(join(workspace.serversDir, 'shop'), 'get_version')).rejects.toMatchObject({
    code: 'EJECT_UNSUPPORTED',
    message: expect.stringContaining('it speaks GraphQL') as string,
  });
  expect(await shop.call('get_version', {})).toEqual({
    isError: true,
    structured: undefined,
    text: 'The service answered 200 with text/html that is no answer to a GraphQL request.\nCheck that the base URL leads to the GraphQL endpoint, and not to its web page.',
  });
});
