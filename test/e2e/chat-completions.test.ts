import { connect } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hubError } from '@counterpart/schemas';
import { serveEndpoints, TOKEN, type ServedEndpoints } from '../fixtures/chat/endpoints.ts';
import {
  callingTools,
  end,
  MODEL,
  said,
  saying,
  scriptedOrchestrator,
  steppedRun,
} from '../fixtures/chat/scripted-orchestrator.ts';
import { eventually } from '../fixtures/hub.ts';

const loop = scriptedOrchestrator();
let served: ServedEndpoints;
let client: OpenAI;

beforeAll(async () => {
  served = await serveEndpoints(loop);
  client = new OpenAI({ baseURL: served.url, apiKey: TOKEN, maxRetries: 0 });
});
afterAll(() => served.close());
beforeEach(() => loop.plays(saying('Hello there, my friend.')));

const ask = [{ role: 'user' as const, content: 'Hi' }];
const model = 'hub/auto';

test('a question is answered as a document, with usage and cost', async () => {
  const { id, created, ...answer } = await client.chat.completions.create({ model, messages: ask });
  expect(id).toMatch(/^chatcmpl-/);
  expect(created).toBeGreaterThan(1_700_000_000);
  expect(answer).toMatchObject({
    object: 'chat.completion',
    model: MODEL,
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: 'Hello there, my friend.', refusal: null },
      },
    ],
    usage: {
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 1 },
      cost: 0.0025,
    },
    counterpart: { rounds: 1, events: [{ type: 'routed', tier: 'standard', model: MODEL }] },
  });
});

test('settings and the conversation reach the loop under neutral names', async () => {
  await client.chat.completions.create({
    model: MODEL,
    messages: [
      { role: 'system', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'a heart' },
    ],
    temperature: 0.5,
    top_p: 0.9,
    max_completion_tokens: 100,
    stop: 'END',
    seed: 7,
    parallel_tool_calls: false,
    tool_choice: { type: 'function', function: { name: 'look' } },
    tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' }, strict: true } }],
    response_format: { type: 'json_schema', json_schema: { name: 'thing', schema: { type: 'object' } } },
  });
  const { requestId, ...asked } = loop.asked.at(-1) ?? {};
  expect(requestId).toMatch(/^req_/);
  expect(asked).toEqual({
    model: MODEL,
    isWhole: true,
    items: [
      { type: 'message', role: 'system', content: [{ type: 'text', text: 'Be short.' }] },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', url: 'data:image/png;base64,AAAA', detail: 'low' },
        ],
      },
      { type: 'function_call', callId: 'c1', name: 'look', arguments: '{}' },
      { type: 'function_call_output', callId: 'c1', output: 'a heart' },
    ],
    settings: {
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 100,
      stop: ['END'],
      seed: 7,
      parallelToolCalls: false,
      toolChoice: { name: 'look' },
      format: { type: 'json_schema', name: 'thing', schema: { type: 'object' } },
    },
    tools: [{ name: 'look', parameters: { type: 'object' }, strict: true }],
    conversation: undefined,
    principal: 'owner',
  });
});

test('a stream is read by the client of OpenAI, its usage last, with what the hub does beside it', async () => {
  loop.plays(async function* () {
    yield { type: 'reasoning', delta: 'hm' };
    yield { type: 'tool-started', callId: 'a', name: 'weather__today', arguments: '{}' };
    yield {
      type: 'tool-ended',
      callId: 'a',
      name: 'weather__today',
      isError: false,
      text: 'Sun',
      durationMs: 3,
    };
    yield { type: 'progress', text: 'thinking' };
    yield { type: 'text', delta: 'It is ' };
    yield { type: 'text', delta: 'sunny.' };
    yield end([said('It is sunny.')]);
  });
  const stream = client.chat.completions.stream({
    model,
    messages: ask,
    stream_options: { include_usage: true },
  });
  const news: unknown[] = [];
  stream.on('chunk', (chunk) => {
    if ('counterpart' in chunk) news.push(chunk.counterpart);
  });
  const whole = await stream.finalChatCompletion();
  expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'It is sunny.' } });
  expect(whole.usage).toMatchObject({ total_tokens: 17, cost: 0.0025 });
  expect(news).toMatchObject([
    { type: 'routed' },
    { type: 'tool-started', call_id: 'a', name: 'weather__today' },
    { type: 'tool-ended', call_id: 'a', is_error: false, text: 'Sun', duration_ms: 3 },
    { type: 'progress', text: 'thinking' },
    { rounds: 1 },
  ]);
});

test("the caller's own tools are run by the client's runner, several at once", async () => {
  loop.plays(callingTools);
  const tool = (name: string, answer: string) => ({
    type: 'function' as const,
    function: {
      name,
      description: `Tells the ${name}`,
      parameters: { type: 'object' as const, properties: { city: { type: 'string' } } },
      parse: JSON.parse,
      function: ({ city }: { city: string }) => `${answer} in ${city}`,
    },
  });
  for (const stream of [false, true] as const) {
    const tools = [tool('weather', 'rain'), tool('time', 'noon')];
    const runner = stream
      ? client.chat.completions.runTools({ model, messages: ask, tools, stream })
      : client.chat.completions.runTools({ model, messages: ask, tools });
    expect(await runner.finalContent()).toBe('The tools say rain in Oslo and noon in Oslo.');
  }
});

test('what is wrong is told with its place, in the shape that clients raise', async () => {
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${served.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { error } = (await response.json()) as { error: Record<string, string> }; // What is looked at below.
    return [response.status, error['type'], error['code'], error['param']];
  };
  const kind = 'invalid_request_error';
  expect([
    await post('{"model":'),
    await post([]),
    await post({ model, messages: [] }),
    await post({ model, messages: 'hi' }),
    await post({ model, messages: [{ role: 'user', content: 7 }] }),
    await post({ model, messages: [{ role: 'pirate', content: 'hi' }] }),
    await post({ model, messages: [{ role: 'user', content: [{ type: 'text' }] }] }),
    await post({ model, messages: [{ role: 'tool', tool_call_id: 'x', content: 'hi' }] }),
    await post({ model, messages: ask, temperature: 'hot' }),
    await post({ model, messages: ask, n: 2 }),
    await post({ model, messages: ask, tools: [{ type: 'function', function: {} }] }),
    await post({ model, messages: ask, tool_choice: { type: 'function', function: { name: 'x' } } }),
    await post({ model: 'gpt-9', messages: ask }),
    await post({ model, messages: ask }, { 'counterpart-conversation': 'no such/name' }),
    await post({ model, messages: ask }, { authorization: 'Bearer wrong' }),
    await post({ model, messages: ask }, { authorization: '' }),
  ]).toEqual([
    [400, kind, 'FIELD_INVALID', null],
    [400, kind, 'FIELD_INVALID', null],
    [400, kind, 'FIELD_INVALID', 'messages'],
    [400, kind, 'FIELD_INVALID', 'messages'],
    [400, kind, 'FIELD_INVALID', 'messages[0].content'],
    [400, kind, 'FIELD_INVALID', 'messages[0].role'],
    [400, kind, 'FIELD_INVALID', 'messages[0].content[0].text'],
    [400, kind, 'FIELD_INVALID', 'messages[0].tool_call_id'],
    [400, kind, 'FIELD_INVALID', 'temperature'],
    [400, kind, 'FIELD_INVALID', 'n'],
    [400, kind, 'FIELD_INVALID', 'tools[0].function.name'],
    [400, kind, 'FIELD_INVALID', 'tool_choice.function.name'],
    [404, kind, 'MODEL_UNKNOWN', 'model'],
    [400, kind, 'FIELD_INVALID', 'counterpart-conversation'],
    [401, 'authentication_error', 'AUTH_REQUIRED', null],
    [401, 'authentication_error', 'AUTH_REQUIRED', null],
  ]);
});

test('a message of two megabytes is taken, one of forty is refused with the limit', async () => {
  const of = (mb: number) => [{ role: 'user' as const, content: 'x'.repeat(mb * 1024 * 1024) }];
  await client.chat.completions.create({ model, messages: of(2) });
  expect(loop.asked.at(-1)?.items[0]).toMatchObject({ content: [{ text: of(2)[0]?.content }] });
  const tooLarge = client.chat.completions.create({ model, messages: of(40) });
  await expect(tooLarge).rejects.toThrow(/413 .*33554432 bytes/);
});

test('a failure with nothing said is an error, and one after words stands beside them', async () => {
  const problem = hubError('MODEL_UNREACHABLE', { model: MODEL, detail: 'it is off' });
  loop.plays(async function* () {
    yield end([], { problem });
  });
  await expect(client.chat.completions.create({ model, messages: ask })).rejects.toMatchObject({
    status: 502,
    code: 'MODEL_UNREACHABLE',
  });
  await expect(client.chat.completions.create({ model, messages: ask, stream: true })).rejects.toMatchObject({
    status: 502,
    code: 'MODEL_UNREACHABLE',
  });
  await expect(client.completions.create({ model, prompt: 'So', stream: true })).rejects.toMatchObject({
    status: 502,
    code: 'MODEL_UNREACHABLE',
  });
  const busy = hubError('MODEL_OVER_QUOTA', { model: MODEL, detail: 'wait', retryAfterMs: 41_500 });
  loop.plays(async function* () {
    yield end([], { problem: busy });
  });
  for (const stream of [false, true]) {
    const refused = await fetch(`${served.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ model, messages: ask, stream }),
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '42']);
    expect(await refused.json()).toMatchObject({ error: { code: 'MODEL_OVER_QUOTA' } });
  }
  loop.plays(async function* () {
    yield { type: 'text', delta: 'So far' };
    yield end([said('So far')], { problem });
  });
  expect(await client.chat.completions.create({ model, messages: ask })).toMatchObject({
    choices: [{ message: { content: 'So far' } }],
    counterpart: { problem: { code: 'MODEL_UNREACHABLE' } },
  });
});

test('a client that leaves ends its run', async () => {
  const { script } = steppedRun(['One ', 'two']);
  loop.plays(script);
  const before = loop.aborted();
  const stream = await client.chat.completions.create({ model, messages: ask, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'One ') break;
  await eventually(() => loop.aborted() === before + 1);
  const controller = new AbortController();
  const asked = loop.asked.length;
  const whole = client.chat.completions
    .create({ model, messages: ask }, { signal: controller.signal })
    .catch(() => 'left');
  await eventually(() => loop.asked.length > asked);
  controller.abort();
  expect(await whole).toBe('left');
  await eventually(() => loop.aborted() === before + 2);
});

test('streams are framed as HTTP says: by bytes on a connection that is kept, not at all for HTTP/1.0', async () => {
  const body = JSON.stringify({ model, messages: ask, stream: true });
  const { port } = new URL(served.url);
  const asking = (version: string): string =>
    `POST /v1/chat/completions HTTP/${version}\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${TOKEN}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const socket = connect(Number(port), '127.0.0.1');
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
  loop.plays(saying('Grüße,世界🌍'));
  const answers: string[] = [];
  for (let number = 0; number < 2; number += 1) {
    socket.write(asking('1.1'));
    await eventually(() => heard.endsWith('0\r\n\r\n'));
    answers.push(unframed(heard));
    heard = '';
  }
  socket.destroy();
  for (const answer of answers)
    expect(answer).toMatch(/^data: \{.*"content":"Grüße,世界🌍".*data: \[DONE\]\n\n$/s);
  const old = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  old.write(asking('1.0'));
  let plain = '';
  for await (const text of old) plain += String(text);
  expect(plain).not.toContain('transfer-encoding');
  expect(plain).toMatch(/\r\n\r\ndata: \{.*"content":"Grüße,世界🌍".*data: \[DONE\]\n\n$/s);
});

/** The text of an answer in chunks, which was read as bytes. */
function unframed(heard: string): string {
  let rest = heard.slice(heard.indexOf('\r\n\r\n') + 4);
  let text = '';
  for (;;) {
    const [length = ''] = rest.split('\r\n', 1);
    const [from, size] = [length.length + 2, Number.parseInt(length, 16)];
    text += rest.slice(from, from + size);
    expect(rest.slice(from + size, from + size + 2)).toBe('\r\n');
    if (size === 0) return Buffer.from(text, 'latin1').toString('utf8');
    rest = rest.slice(from + size + 2);
  }
}

test('a resumable stream goes on after a lost connection, without a chunk lost or told twice', async () => {
  const words = ['One ', 'two ', 'three ', 'four'];
  const { script, step } = steppedRun(words);
  loop.plays(script);
  const post = (headers: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${served.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      body: JSON.stringify({ model, messages: ask, stream: true }),
      ...(signal === undefined ? {} : { signal }),
    });
  const controller = new AbortController();
  const first = await post({ 'counterpart-resumable': 'true' }, controller.signal);
  step();
  let text = '';
  const reader = first.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes('two ')) text += (await reader?.read())?.value ?? '';
  controller.abort();
  const events = text.split('\n\n').filter((event) => event.includes('\ndata: '));
  const last = /^id: (\S+)$/m.exec(events.at(-1) ?? '')?.[1] ?? '';
  expect(last).toMatch(/^chatcmpl-\w+:\d+$/);
  for (const word of words) if (word !== '') step();
  const [id] = last.split(':');
  const again = await post({ 'last-event-id': last });
  const rest = await again.text();
  const contents = [...(text + rest).matchAll(/"content":"([^"]+)"/g)].map(([, content]) => content);
  expect(contents.join('')).toBe(words.join(''));
  expect(rest).toContain('data: [DONE]');
  const whole = await fetch(`${served.url}/chat/completions/${id}?stream=true`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect((await whole.text()).endsWith(rest)).toBe(true);
  const gone = await post({ 'last-event-id': 'chatcmpl-nobody:3' });
  expect([gone.status, await gone.json()]).toMatchObject([410, { error: { code: 'STREAM_GONE' } }]);
});

test('messages with a conversation are kept, whether a client sends what is new or all', async () => {
  const say = async (answer: string, messages: OpenAI.ChatCompletionMessageParam[]): Promise<unknown> => {
    loop.plays(saying(answer));
    const headers = { 'counterpart-conversation': 'trip-1' };
    await client.chat.completions.create({ model, messages }, { headers });
    return loop.asked.at(-1)?.items.map((item) => (item.type === 'message' ? item.content[0] : item.type));
  };
  const text = (...texts: string[]) => texts.map((one) => ({ type: 'text', text: one }));
  expect(await say('A1', [{ role: 'user', content: 'Q1' }])).toEqual(text('Q1'));
  expect(await say('A2', [{ role: 'user', content: 'Q2' }])).toEqual(text('Q1', 'A1', 'Q2'));
  const all: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: 'S' },
    { role: 'user', content: 'Q1' },
    { role: 'assistant', content: 'A1' },
  ];
  const edited = await say('A2b', [...all, { role: 'user', content: 'Q2b' }]);
  expect(edited).toEqual(text('S', 'Q1', 'A1', 'Q2b'));
  const { items, title, messages } = await served.conversations.show('trip-1');
  expect([title, messages]).toEqual(['Q1', 4]);
  expect(items.map(({ item }) => (item.type === 'message' ? item.content[0] : item.type))).toEqual(
    text('Q1', 'A1', 'Q2b', 'A2b'),
  );
  const before = (await served.conversations.list()).find(
    ({ branchedFrom }) => branchedFrom?.id === 'trip-1',
  );
  expect(before).toMatchObject({ title: 'Q1 (before it was edited)', messages: 4 });
});

test('models are listed, routes first, and embeddings come in both forms', async () => {
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toEqual(['hub/auto', 'hub/standard', 'hub/heavy', 'hub/ultra', MODEL]);
  expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, owned_by: 'scripted' });
  const { data, usage } = await client.embeddings.create({
    model: MODEL,
    input: ['ab', 'abcd'],
    dimensions: 2,
  });
  expect(data.map(({ embedding }) => embedding)).toEqual([
    [2, 2.5],
    [4, 4.5],
  ]);
  expect(usage.prompt_tokens).toBe(7);
  const floats = await client.embeddings.create({ model: MODEL, input: 'ab', encoding_format: 'float' });
  expect(floats.data[0]?.embedding).toEqual([2, 2.5, 3]);
});
