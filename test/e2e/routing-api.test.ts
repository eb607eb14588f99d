import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const provider = (model: string) => ({ baseUrl: 'http://127.0.0.1:9/v1', model });
const home = makeHome();
const file = join(home.home, 'hub.config.json');
let hub: TestHub;

const explain = async (text: string) =>
  (await hub.send('POST', '/api/routes/explain', { text })) as { status: number; body: { model?: string } };

beforeAll(async () => {
  const config = {
    providers: { one: provider('a'), two: provider('b') },
    routing: { tiers: { standard: { models: ['one'] } } },
  };
  writeFileSync(file, `// kept\n${JSON.stringify(config, undefined, 2)}\n`);
  hub = await startHub(home.home);
});
afterAll(async () => {
  await hub.stop();
  home.remove();
});

test('routing is changed through the API under load: no question fails, comments stay, and the next one goes elsewhere', async () => {
  verifies('F15', 'F16', 'F26', 'P02');
  expect((await explain('What is the capital of Peru?')).body.model).toBe('one/a');
  const load = Promise.all(Array.from({ length: 200 }, () => explain('What is the capital of Peru?')));
  const changed = await hub.send('PUT', '/admin/routing-config', {
    tiers: { standard: { models: ['two'] } },
  });
  expect(changed.status).toBe(200);
  const models = (await load).map(({ status, body }) => `${status} ${body.model}`);
  expect(models.filter((one) => one !== '200 one/a' && one !== '200 two/b')).toEqual([]);
  expect((await explain('What is the capital of Peru?')).body.model).toBe('two/b');
  expect(readFileSync(file, 'utf8')).toContain('// kept');
});

test('what is not valid is refused with its place, and what was in use stays', async () => {
  verifies('F15', 'F16', 'P02');
  const refused = await hub.send('PUT', '/api/routing', { thresholds: { heavy: 2 }, polcy: 'best' });
  expect(refused).toMatchObject({ status: 422, body: { code: 'ROUTING_INVALID' } });
  expect(JSON.stringify(refused.body)).toMatch(/thresholds\.heavy.*polcy|polcy.*thresholds\.heavy/);
  expect((await explain('What is the capital of Peru?')).body.model).toBe('two/b');
});

test('metrics are there for Prometheus, decisions need the token', async () => {
  const text = await (await fetch(`${hub.url}/metrics`)).text();
  expect(text).toContain('hub_process_memory_bytes{process="hub"}');
  expect((await fetch(`${hub.url}/api/routes`)).status).toBe(401);
  expect(await hub.get('/api/routes')).toEqual({ routes: [] });
});
