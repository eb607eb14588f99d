import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerDetail } from '@counterpart/schemas/hub/api';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, FIXTURE_SERVERS, startHub, type TestHub } from '../fixtures/hub.ts';
import { startScriptedProvider, type ScriptedProvider } from '../fixtures/models/scripted-provider.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

const KEY = 'pplx-of-a-test-1234';
const SOURCES = ['https://one.test/a', 'https://two.test/b'];

/** The service, asked as a provider and by a tool; it answers in whole documents where nobody wants a stream. */
let service: ScriptedProvider;
let home: TestHome;
let hub: TestHub;

/** A package as `npx` runs it, with no network: a program that says which key it was given. */
function writeBridge(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const about = { name: 'perplexity-stand-in', version: '1.0.0', type: 'module', bin: './server.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(about));
  const rpc = JSON.stringify(join(FIXTURE_SERVERS, 'rpc.mjs'));
  const query = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };
  const tool = { name: 'perplexity_ask', description: 'Asks the web.', inputSchema: query };
  writeFileSync(
    join(folder, 'server.js'),
    `#!/usr/bin/env node
import { serve, text } from ${rpc};
serve({ name: 'bridge', version: '1.0.0', tools: [${JSON.stringify(tool)}],
  call: async (name, { query }) => text(\`\${query}: found with a key of \${process.env.PERPLEXITY_API_KEY.length} letters\`) });
`,
    { mode: 0o755 },
  );
  return folder;
}

beforeAll(async () => {
  service = await startScriptedProvider();
  service.wantKey(KEY);
  home = createTestHome();
  const key = '${secret:PERPLEXITY_API_KEY}';
  const config = {
    providers: {
      search: {
        kind: 'perplexity',
        baseUrl: service.url,
        apiKey: key,
        models: { sonar: {}, 'sonar-pro': {} },
        retries: 0,
      },
    },
    mcpServers: {
      bridge: {
        command: 'npx',
        args: ['-y', writeBridge(home.path('bridge'))],
        env: { PERPLEXITY_API_KEY: key },
      },
    },
    overrides: {
      perplexity: { env: { PERPLEXITY_BASE_URL: service.url, PERPLEXITY_TOKEN: key } },
    },
  };
  writeFileSync(join(home.home, 'hub.config.json'), JSON.stringify(config));
  const stored = ['secret', 'set', 'PERPLEXITY_API_KEY', '--shared', '--stdin', '--home', home.home];
  expect((await home.run(stored, { input: KEY })).code).toBe(0);
  const description = join(ROOT, 'docs/examples/perplexity.yaml');
  const built = await home.run(['build', '--from', description, '--name', 'perplexity', '--home', home.home]);
  expect([built.code, built.stdout]).toEqual([0, expect.stringContaining('get_answer')]);
  hub = await startHub(home.home, { NPM_CONFIG_CACHE: home.path('npm-cache'), NPM_CONFIG_OFFLINE: 'true' });
});
afterAll(async () => {
  await hub.stop();
  await home.dispose();
  await service.close();
});

const cited = { text: 'Snow [1] is white [2].', members: { citations: SOURCES } };

test('as a provider it is asked by model, and its sources are citations of the answer', async () => {
  verifies('I16', 'I17');
  service.say(cited);
  const client = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'Which colour has snow?' }];
  const answer = await client.chat.completions.create({ model: 'search/sonar-pro', messages });
  expect(answer).toMatchObject({
    citations: SOURCES,
    choices: [
      {
        message: {
          content: cited.text,
          annotations: [
            { type: 'url_citation', url_citation: { url: SOURCES[0], start_index: 5, end_index: 8 } },
            { type: 'url_citation', url_citation: { url: SOURCES[1], start_index: 18, end_index: 21 } },
          ],
        },
      },
    ],
  });
  expect(service.asked.at(-1)?.body.model).toBe('sonar-pro');
});

const Result = z.looseObject({
  structuredContent: z.looseObject({}).optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })),
});
const call = async (tool: string, args: object) =>
  Result.parse((await hub.send('POST', '/api/call', { tool, arguments: args })).body);

test('as a tool it is built from its description: the model is chosen by an argument, and the sources are in the result', async () => {
  verifies('I16');
  for (const model of ['sonar', 'sonar-pro', 'sonar-reasoning-pro']) {
    service.say(cited);
    const messages = [{ role: 'user', content: 'Which colour has snow?' }];
    const result = await call('perplexity__get_answer', { body: { model, messages } });
    expect(result.structuredContent).toMatchObject({
      model,
      choices: [{ message: { content: cited.text } }],
      citations: SOURCES,
    });
  }
  const messages = [{ role: 'user', content: 'x' }];
  const wrong = await call('perplexity__get_answer', { body: { model: 'sonnet', messages } });
  expect(JSON.stringify(wrong)).toMatch(/sonar-pro/);
});

test('its own server runs over npx as any other, with the key out of the vault', async () => {
  verifies('I18');
  // npx puts the package in place first.
  await eventually(async () => ServerDetail.parse(await hub.get('/api/servers/bridge')).tools > 0, 120_000);
  const { content } = await call('bridge__perplexity_ask', { query: 'snow' });
  expect(content).toMatchObject([{ text: `snow: found with a key of ${KEY.length} letters` }]);
});
