import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonValue, Manifest, ServerId } from '@counterpart/schemas';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../guards/proofs-reporter.ts';
import {
  eventually,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';
import { openWorkspace } from './builder-workspace.ts';
import { verifies } from '../verifies.ts';

const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  responses: z.record(z.string(), z.unknown()),
});
const Document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.object({ post: Operation })),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const Listed = z.object({ tools: z.array(z.object({ name: z.string() })) });

const SERVERS = ['museum', 'notion'];
const CONFIG = {
  mcpServers: { shop: fixtureServer('effects') },
  overrides: Object.fromEntries(SERVERS.map((id) => [id, { target: 'mirror' }])),
};

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  const examples = SERVERS.map((id): [string, string] => [id, join(ROOT, 'servers', id)]);
  place = makeHome(CONFIG, Object.fromEntries(examples));
  hub = await startHub(place.home);
  await eventually(async () => (await namesAt('/mcp/s/shop')).length > 0);
});
afterAll(async () => {
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

const namesAt = async (path: string): Promise<string[]> =>
  Listed.parse(await hub.rpc('tools/list', {}, path)).tools.map(({ name }) => name);

async function documentAt(path: string) {
  const text = await (await fetch(`${hub.url}${path}`)).text();
  return { text, document: Document.parse(JSON.parse(text)) };
}

test('one document describes all tools, each by the name it has in the hub', async () => {
  const { document } = await documentAt('/api/tools/openapi.json');
  const ids = Object.values(document.paths).map(({ post }) => post.operationId);
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(ids.toSorted()).toEqual((await namesAt('/mcp')).toSorted());
});

test('every operation has a summary, and says what any other status means than those it names', async () => {
  const { document } = await documentAt('/api/tools/openapi.json');
  for (const { post } of Object.values(document.paths)) {
    expect(post.summary).not.toBe('');
    expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(['200', '409', 'default']));
  }
});

test('every schema of it stands by itself: a validator of JSON Schema compiles each with all it refers to', async () => {
  const { text, document } = await documentAt('/api/tools/openapi.json');
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  ajv.addSchema({ $id: 'doc', ...(JsonValue.parse(JSON.parse(text)) as object) });
  const names = Object.keys(document.components.schemas);
  for (const name of names)
    expect(ajv.compile({ $ref: `doc#/components/schemas/${name}` })).toBeTypeOf('function');
  expect(names.length).toBeGreaterThan(60);
});

test('it is made once for each state of the catalog, and asked for again it has not changed', async () => {
  const first = await fetch(`${hub.url}/api/tools/openapi.json`);
  const etag = first.headers.get('etag') ?? '';
  const again = await fetch(`${hub.url}/api/tools/openapi.json`, { headers: { 'if-none-match': etag } });
  expect([first.status, again.status, again.headers.get('etag')]).toEqual([200, 304, etag]);
  const other = await fetch(`${hub.url}/api/tools/none/openapi.json`);
  expect(other.status).toBe(404);
});

test.each([...SERVERS, 'shop'])(
  'the reader of descriptions finds every tool of %s in its document',
  async (id) => {
    const { text } = await documentAt(`/api/tools/${id}/openapi.json`);
    const source = { text, location: `${id}.json`, sha256: `sha256-${'0'.repeat(64)}` };
    const { blueprint, total } = await readOpenApi(source, { id: ServerId.parse('twin') });
    const names = await namesAt(`/mcp/s/${id}`);
    expect(blueprint.operations.map(({ http }) => http.path).toSorted()).toEqual(
      names.map((name) => `/api/tools/${id}/${name}`).toSorted(),
    );
    expect(total).toBe(names.length);
  },
);

test('a server built from the document answers as the server it describes', async () => {
  verifies('N21');
  await using workspace = await openWorkspace();
  await workspace.build({ from: `${hub.url}/api/tools/museum/openapi.json`, name: 'twin' });
  const built = join(workspace.serversDir, 'twin');
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(built, 'manifest.json'), 'utf8')));
  const [secret] = manifest.secrets;
  const overrides = { ...CONFIG.overrides, twin: { env: { [secret?.name ?? '']: hub.token } } };
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify({ ...CONFIG, overrides }));
  cpSync(built, join(place.home, 'servers', 'twin'), { recursive: true });
  await eventually(async () => (await namesAt('/mcp')).some((name) => name.startsWith('twin__')));
  const call = (name: string, args: object) => hub.rpc('tools/call', { name, arguments: args });
  const eventId = 'dad4bce8-f5cb-4078-a211-995864315e39';
  for (const [tool, args] of [
    ['get_museum_hours', { page: 2, limit: 3 }],
    ['get_special_event', { eventId }],
  ] as const) {
    const direct = await call(`museum__${tool}`, args);
    const { structuredContent } = await call(`twin__${tool}`, { body: args });
    expect(structuredContent).toEqual(direct['structuredContent']);
    expect(structuredContent).toBeTypeOf('object');
  }
  const refused = await call('twin__get_special_event', { body: { eventId: 'no such event' } });
  expect(refused).toMatchObject({ isError: true });
  expect(JSON.stringify(refused)).toContain('museum__get_special_event answered that it failed');
});
