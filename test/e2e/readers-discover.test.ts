import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { discover } from '@counterpart/scaffolds/readers/discover/discover';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

type Pages = Readonly<
  Record<string, string | ((request: IncomingMessage, response: ServerResponse) => void)>
>;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A site with these pages, by path; everything else is 404. What it was asked is kept. */
async function site(pages: Pages): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const page = pages[request.url ?? ''];
    if (page === undefined) response.writeHead(404).end('not here');
    else if (typeof page === 'function') page(request, response);
    else response.writeHead(200, { 'content-type': typeOf(page) }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked };
}

const typeOf = (page: string): string =>
  page.startsWith('<') ? 'text/html' : page.startsWith('{') ? 'application/json' : 'text/plain';

const API = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.test' }],
  paths: { '/things': { get: { operationId: 'listThings', responses: { 200: { description: 'ok' } } } } },
});

const kinds = async (url: string) =>
  (await discover(url)).found
    .map(({ kind, url: at }) => `${kind} ${at.replace(/^http:\/\/[^/]+/, '')}`)
    .toSorted();

test('a description at one of its usual places is found', async () => {
  verifies('M16');
  const { url } = await site({ '/': '<!doctype html><title>Hi</title>', '/v3/api-docs': API });
  expect(await kinds(url)).toEqual(['openapi /v3/api-docs']);
});

test.each([
  ['swagger-ui', '<html><script>SwaggerUIBundle({ url: "/hidden/spec.json", dom_id: "#a" })</script>'],
  ['redoc', '<html><redoc spec-url="hidden/spec.json"></redoc>'],
  ['scalar', '<html><script id="api-reference" data-url="/hidden/spec.json"></script>'],
  ['stoplight', '<html><elements-api apiDescriptionUrl="/hidden/spec.json"></elements-api>'],
  ['a link header of HTML', '<html><head><link rel="service-desc" href="/hidden/spec.json"></head>'],
])('a page of %s leads to its description', async (_, page) => {
  const { url } = await site({ '/': page, '/hidden/spec.json': API });
  expect(await kinds(url)).toEqual(['openapi /hidden/spec.json']);
});

test('GraphQL, MCP, llms.txt and a catalogue of interfaces are found for what they are', async () => {
  verifies('M16');
  const { url } = await site({
    '/graphql': (_, response) =>
      void response.end('{"data":{"__typename":"Query","__schema":{"queryType":{"name":"Query"}}}}'),
    '/mcp': (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(
          'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{"serverInfo":{"name":"tools","version":"1"}}}\n\n',
        ),
    '/llms.txt': '# Shop\n\nSee [the API](/deep/openapi.yaml).\n',
    '/deep/openapi.yaml': 'openapi: 3.0.3\ninfo:\n  title: Deep\n  version: "1"\npaths: {}\n',
    '/.well-known/api-catalog': '{"linkset":[{"anchor":"/","service-desc":[{"href":"/cat/spec.json"}]}]}',
    '/cat/spec.json': API,
  });
  expect(await kinds(url)).toEqual([
    'graphql /graphql',
    'llms /llms.txt',
    'mcp /mcp',
    'openapi /cat/spec.json',
    'openapi /deep/openapi.yaml',
  ]);
});

test('no other host is asked, neither for a link nor for a redirect', async () => {
  const other = await site({ '/spec.json': API, '/openapi.json': API });
  const { url } = await site({
    '/': `<html><redoc spec-url="${other.url}/spec.json"></redoc>`,
    '/openapi.json': (_, response) =>
      void response.writeHead(302, { location: `${other.url}/openapi.json` }).end(),
  });
  const found = await discover(url);
  expect(found.found).toEqual([]);
  expect(found.unasked).toEqual([`${other.url}/spec.json`]);
  expect(found.tried.find((one) => one.url.endsWith('/openapi.json'))?.outcome).toContain('another host');
  expect(other.asked).toEqual([]);
});

test('a page that names thousands of descriptions is asked a bounded number of places', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => `<a href="/openapi-${index}.json">x</a>`).join('');
  const { url, asked } = await site({ '/': `<html>${many}` });
  await discover(url);
  expect(asked.length).toBeLessThanOrEqual(60);
});

let place: TestHome;
beforeAll(() => {
  place = createTestHome();
});
afterAll(() => place.dispose());

test('hub build goes from a bare URL to the description that it leads to', async () => {
  verifies('M16');
  const { url } = await site({ '/': '<!doctype html><title>Shop</title>', '/openapi.json': API });
  const built = await place.run(['build', '--home', place.home, '--json', '--dry-run', '--from', `${url}/`]);
  expect(built.json(BuildReport)).toMatchObject({ tools: ['list_things'], source: `${url}/openapi.json` });
});

test('several descriptions are a choice, none is an account of what was tried', async () => {
  const two = await site({ '/': '<!doctype html>', '/openapi.json': API, '/swagger.json': API });
  const several = await place.run(['build', '--home', place.home, '--dry-run', '--from', `${two.url}/`]);
  expect(several.stderr).toContain('/openapi.json');
  expect(several.stderr).toContain('/swagger.json');
  const empty = await site({ '/': '<!doctype html>' });
  const none = await place.run(['build', '--home', place.home, '--dry-run', '--from', `${empty.url}/`]);
  expect(none.stderr).toMatch(/SOURCE_UNDISCOVERED[^]*places\s+asked/);
  const told = await place.run(['discover', '--home', place.home, '--json', empty.url]);
  expect(JSON.parse(told.stdout)).toMatchObject({ found: [], url: `${empty.url}/` });
});
