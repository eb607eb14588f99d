import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { startScriptedProvider, type ScriptedProvider } from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';

const SYSTEM_KEY = 'sk-of-the-system-1234';
const OWN_KEY = 'sk-of-its-owner-5678';

let local: ScriptedProvider;
let search: ScriptedProvider;
let cloud: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let client: OpenAI;

beforeAll(async () => {
  [local, search, cloud] = await Promise.all([
    startScriptedProvider(),
    startScriptedProvider(),
    startScriptedProvider(),
  ]);
  const at = ({ url: baseUrl }: ScriptedProvider, model: string, more: object) => ({
    baseUrl,
    model,
    retries: 0,
    ...more,
  });
  place = makeHome({
    providers: {
      local: at(local, 'small', { kind: 'ollama' }),
      search: at(search, 'sonar', { kind: 'perplexity', locality: 'remote' }),
      cloud: at(cloud, 'opus', {
        kind: 'anthropic',
        locality: 'remote',
        apiKey: '${secret:OWN_MODEL_KEY:-${env:SYSTEM_MODEL_KEY}}',
      }),
    },
    routing: {
      tiers: { standard: { models: ['local'] }, heavy: { models: ['search'] }, ultra: { models: ['cloud'] } },
      categories: { code: { provider: 'cloud' } },
    },
    mcpServers: { tools: fixtureServer('effects') },
  });
  hub = await startHub(place.home, { SYSTEM_MODEL_KEY: SYSTEM_KEY });
  client = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 });
});
beforeEach(() => {
  local.say('Local.');
  search.say('Found.');
  cloud.say('Cloud.');
});
afterAll(async () => {
  await hub.stop();
  place.remove();
  await Promise.all([local.close(), search.close(), cloud.close()]);
});

const ask = (content: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model: 'hub/auto', messages: [{ role: 'user', content }], ...more });
const Told = z.object({
  events: z.array(z.looseObject({ type: z.string(), model: z.string().optional() })),
});
const routed = (answer: object): (string | undefined)[] =>
  z
    .object({ counterpart: Told })
    .parse(answer)
    .counterpart.events.flatMap(({ type, model }) => (type === 'routed' ? [model] : []));

test('a document has the thoughts of a model that nobody knows beside the text, where no mark opens them', async () => {
  local.say({ text: 'It wants a greeting.\n</think>\n\nHello!' });
  const completion = await ask('Say hello', { model: 'local/small' });
  expect(completion.choices[0]?.message).toMatchObject({
    content: 'Hello!',
    reasoning_content: 'It wants a greeting.\n',
  });
  const response = await client.responses.create({ model: 'local/small', input: 'Say hello' });
  expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  expect(response.output_text).toBe('Hello!');
});

test('what the local model and then the searching one cannot answer is answered by the one in the cloud', async () => {
  verifies('I06');
  local.say({ status: 500 });
  search.say({ status: 429, headers: { 'retry-after': '0' } });
  const answer = await ask('Say hello');
  expect([answer.choices[0]?.message.content, routed(answer)]).toEqual([
    'Cloud.',
    ['local/small', 'search/sonar', 'cloud/opus'],
  ]);
});

test('within one conversation code goes to the cloud and small talk stays here, each told what was said', async () => {
  verifies('I12');
  const metadata = { conversation: 'both' };
  const talk = await ask('Hello, how are you?', { metadata });
  const code = await ask('Write a TypeScript function that reverses a linked list in place.', { metadata });
  const after = await ask('Thanks!', { metadata });
  expect([talk, code, after].map(({ model }) => model)).toEqual(['local/small', 'cloud/opus', 'local/small']);
  const told = JSON.stringify(cloud.asked.at(-1)?.body.messages);
  expect(told).toMatch(/Hello, how are you\?[^]*Local\.[^]*linked list/);
  expect(JSON.stringify(local.asked.at(-1)?.body.messages)).toMatch(/linked list[^]*Cloud\.[^]*Thanks/);
});

test('between a call and its output another provider goes on, and is told of both', async () => {
  verifies('I10');
  local.say({ calls: [{ name: 'get_weather', arguments: { city: 'Oslo' }, id: 'call_long_enough_1' }] });
  const tools = [
    { type: 'function' as const, function: { name: 'get_weather', parameters: { type: 'object' } } },
  ];
  const question = { role: 'user' as const, content: 'Weather in Oslo?' };
  const first = await client.chat.completions.create({ model: 'local/small', messages: [question], tools });
  const call = first.choices[0]?.message;
  const [made] = call?.tool_calls ?? [];
  expect(made).toMatchObject({ function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } });
  const output = { role: 'tool' as const, tool_call_id: made?.id ?? '', content: 'rain' };
  const messages = [question, ...(call === undefined ? [] : [call]), output];
  const second = await client.chat.completions.create({ model: 'cloud/opus', messages, tools });
  expect(second.choices[0]?.message.content).toBe('Cloud.');
  expect(cloud.asked.at(-1)?.body.messages.slice(-2)).toMatchObject([
    { role: 'assistant', tool_calls: [{ id: made?.id, function: { name: 'get_weather' } }] },
    { role: 'tool', tool_call_id: made?.id, content: 'rain' },
  ]);
});

test('a key that its owner stored is preferred to the one of the system, and lies sealed', async () => {
  verifies('I15');
  const sent = async (): Promise<string | undefined> => {
    await ask('Hi', { model: 'cloud/opus' });
    return cloud.asked.at(-1)?.headers.authorization;
  };
  expect(await sent()).toBe(`Bearer ${SYSTEM_KEY}`);
  await hub.send('PUT', '/api/secrets/OWN_MODEL_KEY', { value: OWN_KEY });
  expect(await sent()).toBe(`Bearer ${OWN_KEY}`);
  const kept = globSync('**/*', { cwd: place.home })
    .map((file) => join(place.home, file))
    .filter((file) => statSync(file).isFile());
  expect(kept.filter((file) => readFileSync(file).includes(OWN_KEY))).toEqual([]);
  await hub.send('POST', '/api/secrets/OWN_MODEL_KEY/remove', {});
  expect(await sent()).toBe(`Bearer ${SYSTEM_KEY}`);
});

test('a model that calls tool after tool is asked again with each result until it answers, and the log tells it in short', async () => {
  verifies('P10', 'P14');
  const call = (name: string, id: string) => ({ calls: [{ name: `tools__${name}`, arguments: { id } }] });
  local.say(
    call('get_item', 'first'),
    call('create_item', OWN_KEY),
    call('get_item', 'third'),
    'All three are done.',
  );
  await hub.send('PUT', '/api/secrets/OWN_MODEL_KEY', { value: OWN_KEY });
  const before = local.asked.length;
  const answer = await ask('Take items of the shop, one after the other.', { model: 'local/small' });
  expect(answer.choices[0]?.message.content).toBe('All three are done.');
  const rounds = local.asked
    .slice(before)
    .map(({ body }) => body.messages.filter(({ role }) => role === 'tool'));
  expect(rounds.map((outputs) => outputs.length)).toEqual([0, 1, 2, 3]);
  const { lines } = z.object({ lines: z.array(z.string()) }).parse(await hub.get('/api/logs'));
  const told = lines.filter((line) => /a chat (?:called a tool|was answered)/.test(line)).slice(-4);
  expect(told.filter((line) => !/"durationMs":\d+/.test(line))).toEqual([]);
  expect(told.map((line): unknown => JSON.parse(line))).toMatchObject([
    { tool: 'tools__get_item', arguments: '{"id":"first"}', isError: false },
    { tool: 'tools__create_item', arguments: '{"id":"[redacted]"}', isError: false },
    { tool: 'tools__get_item', arguments: '{"id":"third"}' },
    { model: 'local/small', rounds: 4, calls: 3, input: 400, output: 200 },
  ]);
});
