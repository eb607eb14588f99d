import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProviderCheck, ProviderList } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startHub, type TestHub } from '../fixtures/hub.ts';
import { type ScriptedProvider, startScriptedProvider } from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let provider: ScriptedProvider;
let home: TestHome;
let hub: TestHub;
const RIGHT = 'sk-the-right-one-1234';
const WRONG = 'sk-the-wrong-one-5678';
const entry = (more: object) => ({ baseUrl: provider.url, model: 'scripted-1', retries: 0, ...more });

beforeAll(async () => {
  provider = await startScriptedProvider('Hello.');
  provider.wantKey(RIGHT);
  const providers = {
    system: entry({ apiKey: '${env:SYSTEM_MODEL_KEY}' }),
    own: entry({ apiKey: '${secret:OWN_MODEL_KEY}' }),
  };
  home = createTestHome({ providers });
  hub = await startHub(home.home, { SYSTEM_MODEL_KEY: RIGHT });
});
afterAll(async () => {
  await hub.stop();
  await home.dispose();
  await provider.close();
});

const listed = async () => ProviderList.parse(await hub.get('/api/providers')).providers;
const Checks = z.object({ checks: z.array(ProviderCheck) });

test('a key is tried when it is stored: it is missing, wrong or right, and shown nowhere', async () => {
  verifies('I14');
  expect((await listed()).map(({ name, kind, isLocal, key }) => [name, kind, isLocal, key])).toEqual([
    ['system', 'openai', true, 'configured'],
    ['own', 'openai', true, 'missing'],
  ]);
  const check = async (name: string) =>
    ProviderCheck.parse((await hub.send('POST', `/api/providers/${name}/test`, {})).body);
  expect(await check('system')).toMatchObject({
    ok: true,
    missing: [],
    models: [{ id: 'system/scripted-1' }],
  });
  const { problem } = await check('own');
  expect([problem?.code, problem?.message]).toEqual([
    'MODEL_KEY_REFUSED',
    expect.stringMatching(/OWN_MODEL_KEY/),
  ]);
  await hub.send('PUT', '/api/secrets/OWN_MODEL_KEY', { value: WRONG });
  const wrong = await home.run(['providers', 'test', 'own', '--home', home.home]);
  expect(wrong.code).toBe(5);
  expect(wrong.stdout).toMatch(
    /wants another key: HTTP 401, Incorrect API key provided: Bearer \[redacted\]/,
  );
  expect(wrong.stdout).not.toContain(WRONG);
  await hub.send('PUT', '/api/secrets/OWN_MODEL_KEY', { value: RIGHT });
  const right = await home.run(['--json', 'providers', 'test', '--home', home.home]);
  expect([right.code, right.json(Checks).checks.map(({ ok }) => ok)]).toEqual([0, [true, true]]);
  expect(JSON.stringify(await listed())).not.toContain(RIGHT);
});

test('a provider that is configured while the hub runs is there for the next question', async () => {
  verifies('I04', 'I05');
  const providers = { added: entry({ model: 'scripted-9', apiKey: '${env:SYSTEM_MODEL_KEY}' }) };
  writeFileSync(join(home.home, 'hub.config.json'), JSON.stringify({ listen: { port: 0 }, providers }));
  await hub.send('POST', '/api/reload', {});
  expect((await listed()).map(({ name }) => name)).toEqual(['added']);
  const checked = await hub.send('POST', '/api/providers/added/test', {});
  expect(checked.body).toMatchObject({ ok: false, missing: ['scripted-9'] });
  const gone = await hub.send('POST', '/api/providers/system/test', {});
  expect(gone).toMatchObject({ status: 409, body: { code: 'MODEL_MISSING' } });
});
