import { createWriteStream, globSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { valueAt } from '@counterpart/scaffolds/readers/openapi/source/json-tree';
import { createMirror } from '@counterpart/scaffolds/mirror/mirror';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../scaffolds/golden/har/${name}/input.har`, import.meta.url));

let place: TestHome;
beforeAll(() => {
  place = createTestHome();
});
afterAll(() => place.dispose());

const build = (...args: string[]) => place.run(['build', '--home', place.home, '--json', ...args]);

/** Every text in the home folder. */
const writtenTexts = (): string[] =>
  globSync('**/*', { cwd: place.home, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));

test('what a browser recorded becomes a server that is checked against its mirror, and no secret of it is written', async () => {
  verifies('M02', 'M23');
  const ran = await build('--from', golden('browser-app'), '--name', 'shop');
  expect(ran.code).toBe(0);
  const report = ran.json(BuildReport);
  expect(report).toMatchObject({
    outcome: 'installed',
    format: 'HAR 1.2 (WebInspector)',
    check: { callOutcome: 'ok', toolsListed: 8 },
    secrets: ['SHOP_TOKEN'],
  });
  expect(readFileSync(golden('browser-app'), 'utf8')).toContain('s3cr3t');
  expect([...writtenTexts(), ran.stdout].filter((text) => /s3cr3t/i.test(text))).toEqual([]);
});

test('the mirror of a recording answers as the recording did, each GraphQL operation by its document', async () => {
  const ran = await build('--from', golden('graphql'), '--name', 'forge');
  expect(ran.json(BuildReport).check).toMatchObject({ callOutcome: 'ok', toolsListed: 5 });
  const text = readFileSync(join(place.home, 'servers/forge/blueprint.json'), 'utf8');
  const blueprint = Blueprint.parse(JSON.parse(text));
  const mirror = createMirror(blueprint);
  const tool = blueprint.operations.find(({ name }) => name === 'get_repo');
  const schema = tool?.http.body?.contents[0]?.schema ?? false;
  const query = typeof schema === 'boolean' ? undefined : valueAt(schema, ['properties', 'query', 'const']);
  const answer = await mirror.fetch(
    new Request('http://mirror.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operationName: 'GetRepo', query, variables: { owner: 'ada', name: 'engine' } }),
    }),
  );
  expect(await answer.json()).toEqual({ data: { repository: { id: 'R1', stars: 5 } } });
});

test('a recording with entries behind other members is read, and one without a call of a program says so', async () => {
  const entry = (url: string, mimeType: string, text: string) => ({
    startedDateTime: '2024-01-01T00:00:00Z',
    request: { method: 'GET', url, headers: [], queryString: [] },
    response: { status: 200, headers: [], content: { mimeType, text } },
  });
  const har = (name: string, one: object) =>
    place.write(name, JSON.stringify({ log: { options: { vus: 1 }, entries: [one] } }));
  const called = har('odd.har', entry('https://a.test/items', 'application/json', '[]'));
  expect((await build('--from', called)).json(BuildReport).tools).toEqual(['list_items']);
  const page = har('page.har', entry('https://a.test/', 'text/html', '<html></html>'));
  const refused = await build('--from', page);
  expect(refused.stdout).toContain(
    'no request of it is one that a program makes. Pages for people are no interface.',
  );
  expect(refused.stdout).not.toContain('base URL must be given');
});

test('another host is built when it is named, and a host that was not recorded is refused', async () => {
  const other = await build('--from', golden('several-hosts'), '--host', 'auth.multi.test', '--name', 'auth');
  expect(other.json(BuildReport)).toMatchObject({ tools: ['get_session'], net: ['auth.multi.test:443'] });
  const refused = await build('--from', golden('several-hosts'), '--host', 'nowhere.test');
  expect(refused.code).toBe(4);
  expect(refused.stdout + refused.stderr).toContain('eu.api.multi.test');
});

test('a recording that ends in the middle is built as far as it goes, and says how far', async () => {
  const report = (await build('--from', golden('cut-off'), '--name', 'cut')).json(BuildReport);
  expect(report.operations.built).toBe(1);
  expect(report.omitted.map(({ code }) => code)).toContain('source-cut');
  const strict = await build('--from', '-', '--name', 'none', '--strict');
  expect(strict.code).toBe(4);
});

test('a recording with a body of 100 MB is read in the memory of a small one', async () => {
  const file = place.path('large.har');
  await writeLarge(file);
  const ran = await place.run(
    ['build', '--home', place.home, '--json', '--from', file, '--name', 'large', '--dry-run'],
    {
      env: { NODE_OPTIONS: '--max-old-space-size=128' },
    },
  );
  expect(ran.code).toBe(0);
  expect(ran.json(BuildReport).tools).toEqual(['get_items_by_item_id', 'list_reports']);
}, 120_000);

/** Two kinds of calls, one of them with an enormous answer, and ten thousand of the other. */
async function writeLarge(file: string): Promise<void> {
  const out = createWriteStream(file);
  const put = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain');
  };
  const item = (id: number): string =>
    `{"request":{"method":"GET","url":"https://api.large.test/items/${id}","headers":[]},"response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":${JSON.stringify(JSON.stringify({ id, name: 'x'.repeat(800) }))}}}},`;
  await put('{"log":{"version":"1.2","creator":{"name":"test","version":"1"},"entries":[');
  for (let id = 1; id <= 5_000; id += 1) await put(item(id));
  await put(
    '{"request":{"method":"GET","url":"https://api.large.test/reports","headers":[]},"response":{"status":200,"headers":[],"content":{"mimeType":"application/json","text":"',
  );
  for (let megabyte = 0; megabyte < 100; megabyte += 1) await put('y'.repeat(1024 * 1024));
  await put('"}}},');
  for (let id = 5_001; id <= 10_000; id += 1) await put(item(id));
  await put('{"request":{"method":"GET","url":"https://api.large.test/items/0"}}]}}');
  out.end();
  await once(out, 'finish');
}
