import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureServer, makeHome, startHub, eventually, type TestHub } from '../fixtures/hub.ts';
import { type ScriptedProvider, startScriptedProvider } from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';

const ASKED = 20;
const PIECES = 25;
const words = (name: string) => Array.from({ length: PIECES }, (_, n) => `${name}${n} `).join('');
let one: ScriptedProvider;
let two: ScriptedProvider;
let home: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  one = await startScriptedProvider({ text: words('one'), pieceLength: 5, pauseMs: 2 });
  two = await startScriptedProvider({ text: words('two'), pieceLength: 5, pauseMs: 2 });
  home = makeHome({
    mcpServers: { effects: fixtureServer('effects') },
    providers: {
      one: { baseUrl: one.url, model: 'scripted-1', apiKey: 'sk-shown-to-nobody' },
      two: { baseUrl: two.url, model: 'scripted-1' },
    },
    routing: { tiers: { standard: { models: ['one'] } } },
  });
  hub = await startHub(home.home);
});
afterAll(async () => {
  await hub.stop();
  await Promise.all([one.close(), two.close()]);
  home.remove();
});

const QUESTION = 'What is the capital of Peru?';

function post(body: object): Promise<Response> {
  return fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'hub/auto',
      messages: [{ role: 'user', content: QUESTION }],
      counterpart: { view: 'none' },
      ...body,
    }),
  });
}

interface Chunk {
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
  readonly error?: unknown;
  readonly counterpart?: { readonly cache?: string };
}

/** The chunks of a stream that came to its end. */
async function streamed(body: object = {}): Promise<Chunk[]> {
  const response = await post({ stream: true, ...body });
  expect(response.status).toBe(200);
  const events = (await response.text()).split('\n\n').flatMap((event) => event.split('data: ')[1] ?? []);
  expect(events.at(-1)).toBe('[DONE]');
  return events.slice(0, -1).map((event) => JSON.parse(event) as Chunk);
}

const textIn = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => choices?.[0]?.delta.content ?? '').join('');

test('a reload of the routing in the middle of streams costs none of them a word, and the next go elsewhere', async () => {
  verifies('F02', 'F16', 'F26');
  const [reloads, whole] = [
    ['two', 'one', 'two'],
    [words('one'), words('two')],
  ];
  const first = Array.from({ length: ASKED }, () => streamed());
  await eventually(() => one.asked.length > 0);
  const later: Promise<Chunk[]>[] = [];
  for (const model of reloads) {
    const changed = await hub.send('PUT', '/admin/routing-config', {
      tiers: { standard: { models: [model] } },
    });
    expect(changed.status).toBe(200);
    later.push(...Array.from({ length: ASKED }, () => streamed()));
  }
  const answers = await Promise.all([...first, ...later]);
  expect(answers.filter((chunks) => chunks.some(({ error }) => error !== undefined))).toEqual([]);
  expect(answers.map(textIn).filter((text) => !whole.includes(text))).toEqual([]);
  expect(textIn(await streamed())).toBe(words('two'));
});

test('settings are read with secrets masked, changed in the file that is valid only, and used by the next question', async () => {
  verifies('P01', 'F02');
  expect((await fetch(`${hub.url}/api/settings`)).status).toBe(401);
  const before = (await hub.get('/api/settings')) as { settings: { providers: Record<string, object> } };
  expect(before.settings.providers['one']).toMatchObject({ baseUrl: one.url, apiKey: '[hidden]' });
  const refused = await hub.send('PATCH', '/api/settings', { chat: { maxRounds: 0 } });
  expect(refused).toMatchObject({ status: 422, body: { code: 'CONFIG_INVALID' } });
  const patch = {
    providers: { one: { ...before.settings.providers['one'], timeoutMs: 50_000 } },
    routing: { tiers: { standard: { models: ['one'] } } },
  };
  expect((await hub.send('PATCH', '/api/settings', patch)).status).toBe(200);
  expect(readFileSync(join(home.home, 'hub.config.json'), 'utf8')).toContain('sk-shown-to-nobody');
  expect(textIn(await streamed())).toBe(words('one'));
  expect(one.asked.at(-1)?.headers.authorization).toBe('Bearer sk-shown-to-nobody');
  expect(await hub.get('/api/providers')).toMatchObject({
    providers: [
      { name: 'one', key: 'configured' },
      { name: 'two', key: 'none' },
    ],
  });
});

test('a tool is switched off and on: while it is off it is listed as such and cannot be called', async () => {
  verifies('P01');
  const stateOf = async (tool: string) => {
    const { tools } = (await hub.get('/api/settings/tools')) as {
      tools: { tool: string; enabled: boolean }[];
    };
    return tools.find((one) => one.tool === tool)?.enabled;
  };
  const call = () => hub.send('POST', '/api/call', { tool: 'effects__get_item', arguments: {} });
  await eventually(async () => (await stateOf('get_item')) === true);
  const set = (enabled: boolean, tool = 'get_item') =>
    hub.send('PUT', `/api/settings/tools/effects/${tool}`, { enabled });
  expect(await set(false)).toMatchObject({
    status: 200,
    body: { name: 'effects__get_item', enabled: false },
  });
  expect([await stateOf('get_item'), (await call()).status]).toEqual([false, 404]);
  expect(await set(true)).toMatchObject({ body: { enabled: true } });
  expect((await call()).status).toBe(200);
  expect(await set(true, 'no_such')).toMatchObject({ status: 404, body: { code: 'TOOL_UNKNOWN' } });
  await hub.send('PATCH', '/api/settings', { policy: { readOnly: true } });
  expect(await set(true, 'delete_item')).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  await hub.send('PATCH', '/api/settings', { policy: null });
});

test('an answer is given again once that is switched on, told by a header and at the end of a stream, and dropped on request', async () => {
  verifies('P22');
  await hub.send('PATCH', '/api/settings', { chat: { cache: { enabled: true } } });
  const asked = one.asked.length;
  expect((await post({})).headers.get('counterpart-cache')).toBeNull();
  await eventually(async () => ((await hub.get('/api/cache')) as { answers: object[] }).answers.length === 1);
  const again = await post({});
  expect(again.headers.get('counterpart-cache')).toBe('hit');
  expect(await again.json()).toMatchObject({
    choices: [{ message: { content: words('one') } }],
    usage: { total_tokens: 0, cost: 0 },
  });
  const chunks = await streamed();
  expect(textIn(chunks)).toBe(words('one'));
  expect(chunks.at(-1)?.counterpart).toMatchObject({ cache: 'exact' });
  expect(one.asked).toHaveLength(asked + 1);
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  expect(metrics).toContain('hub_answer_cache_lookups_total{result="exact"} 2');
  expect((await fetch(`${hub.url}/api/cache`)).status).toBe(401);
  expect(await hub.send('DELETE', '/api/cache/nobody')).toMatchObject({ body: { cleared: 0 } });
  expect(await hub.send('DELETE', '/api/cache')).toMatchObject({ body: { cleared: 1 } });
  expect((await post({})).headers.get('counterpart-cache')).toBeNull();
});

test('calls, answers and the memory of each process are on /metrics', async () => {
  verifies('F06', 'F36', 'L06');
  await hub.send('POST', '/api/call', { tool: 'effects__get_item', arguments: {} });
  const text = await (await fetch(`${hub.url}/metrics`)).text();
  for (const start of [
    'mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",gen_ai_tool_name="effects__get_item",error_type=""} ',
    'gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_provider_name="one"',
    'gen_ai_client_tokens_total{gen_ai_provider_name="one",gen_ai_request_model="scripted-1",gen_ai_token_type="output"} ',
    'hub_process_memory_bytes{process="hub"} ',
    'hub_process_memory_bytes{process="server:effects"} ',
    'hub_process_memory_part_bytes{process="server:effects",part="anonymous"} ',
  ])
    expect(text).toContain(`\n${start}`);
});
