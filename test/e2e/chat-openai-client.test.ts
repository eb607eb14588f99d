import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import OpenAI, { APIError, BadRequestError } from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { startScriptedProvider, type ScriptedProvider } from '../fixtures/models/scripted-provider.ts';

let provider: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let client: OpenAI;

beforeAll(async () => {
  provider = await startScriptedProvider();
  place = makeHome({
    providers: { scripted: { baseUrl: provider.url, model: 'scripted-1', retries: 0 } },
    mcpServers: { tools: fixtureServer('effects') },
    listen: { allowedOrigins: ['https://chat.example'] },
  });
  hub = await startHub(place.home);
  client = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 });
});
beforeEach(() => provider.say('Well.'));
afterAll(async () => {
  await hub.stop();
  place.remove();
  await provider.close();
});

const model = 'scripted/scripted-1';
const messages = [{ role: 'user' as const, content: 'Hi' }];

/** The error that OpenAI's client raises. */
const raised = async (asking: PromiseLike<unknown>): Promise<APIError> => {
  const thrown: unknown = await asking.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (thrown instanceof APIError) return thrown;
  throw new Error('no error was raised', { cause: thrown });
};

describe('the id of a request', () => {
  const Line = z.looseObject({ msg: z.string(), request: z.string().optional() });
  /** What the log says of a request, once it says how it was answered. */
  async function logged(id: string | null | undefined, last = 'a request to /v1 was answered') {
    let found: z.infer<typeof Line>[] = [];
    await eventually(async () => {
      const { lines } = z.object({ lines: z.array(z.string()) }).parse(await hub.get('/api/logs?lines=1000'));
      found = lines.map((line) => Line.parse(JSON.parse(line))).filter((line) => line.request === id);
      return found.some(({ msg }) => msg === last);
    });
    return found;
  }
  const ID = /^req_[0-9a-f]{32}$/;

  test('of an answer is known to the client, and leads to the lines that tell of it', async () => {
    const answer = await client.chat.completions.create({ model, messages });
    expect(answer._request_id).toMatch(ID);
    expect(await logged(answer._request_id)).toMatchObject([
      { msg: 'a chat was answered', model },
      { method: 'POST', path: '/v1/chat/completions', status: 200, principal: 'owner' },
    ]);
    const next = await client.responses.create({ model, input: 'Hi' });
    expect(next._request_id).toMatch(ID);
    expect(next._request_id).not.toBe(answer._request_id);
    expect(await logged(next._request_id)).toMatchObject([
      { msg: 'a chat was answered' },
      { path: '/v1/responses' },
    ]);
  });

  test.each([
    ['chat/completions', { messages }],
    ['responses', { input: 'Hi' }],
    ['completions', { prompt: 'Hi' }],
  ])('of a stream of %s too', async (path, asked) => {
    const body = { model, stream: true, ...asked };
    const response = await client.post(`/${path}`, { body }).asResponse();
    const id = response.headers.get('x-request-id');
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(id).toMatch(ID);
    await response.text();
    expect(await logged(id)).toMatchObject([
      { msg: 'a chat was answered' },
      { path: `/v1/${path}`, status: 200 },
    ]);
  });

  test('of an error stands in what is raised, also of one before the endpoint', async () => {
    const wrong = await raised(client.chat.completions.create({ model: 'nobody', messages }));
    expect(wrong.requestID).toMatch(ID);
    expect(await logged(wrong.requestID)).toMatchObject([{ status: 404, code: 'MODEL_UNKNOWN' }]);
    provider.say({ status: 500 });
    const failed = await raised(client.chat.completions.create({ model, messages, stream: true }));
    expect((await logged(failed.requestID)).at(-1)).toMatchObject({ status: 502 });
    const stranger = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    const unknown = await raised(stranger.models.list());
    expect(await logged(unknown.requestID)).toMatchObject([{ status: 401, code: 'AUTH_REQUIRED' }]);
    const nowhere = await raised(client.get('/nowhere'));
    expect(await logged(nowhere.requestID)).toMatchObject([{ status: 404, code: 'ENDPOINT_UNKNOWN' }]);
  });

  test('is the hub’s own; the client’s stands beside it in the log', async () => {
    const headers = { 'x-request-id': 'mine', 'x-client-request-id': 'trip-7' };
    const { _request_id: id } = await client.chat.completions.create({ model, messages }, { headers });
    expect(id).toMatch(ID);
    expect((await logged(id)).at(-1)).toMatchObject({ clientRequest: 'trip-7' });
  });

  test('is told to pages that ask whether they may ask', async () => {
    const response = await fetch(`${hub.url}/v1/models`, {
      method: 'OPTIONS',
      headers: { origin: 'https://chat.example', 'access-control-request-method': 'GET' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('x-request-id')).toMatch(ID);
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id');
  });

  test.each([
    ['opened', 101, () => hub.token],
    ['refused', 401, () => 'wrong'],
  ])('of a WebSocket that is %s is told with its beginning', async (end, status, token) => {
    const asked = request(`${hub.url}/v1/responses`, {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        authorization: `Bearer ${token()}`,
      },
    }).end();
    const answered = Promise.race([once(asked, 'upgrade'), once(asked, 'response')]);
    const [answer] = (await answered) as [IncomingMessage];
    answer.socket.destroy();
    const id = answer.headers['x-request-id'];
    expect([answer.statusCode, id]).toEqual([status, expect.stringMatching(ID)]);
    expect(await logged(String(id), `a WebSocket was ${end}`)).toHaveLength(1);
  });
});

describe('a program from before there were tools', () => {
  const functions = [
    { name: 'look', description: 'Looks at a thing', parameters: { type: 'object', properties: {} } },
  ];
  const called = { name: 'look', arguments: '{"at":"sky"}' };
  const calls = [{ ...called, id: 'model-1' }];
  const given = { role: 'function' as const, name: 'look', content: 'a rainbow' };

  test.each([false, true])('has its function called and its answer taken (stream: %s)', async (stream) => {
    provider.say({ calls }, 'A rainbow.');
    const ask = async (said: OpenAI.ChatCompletionMessageParam[]) => {
      const body = { model, messages: said, functions };
      return stream
        ? await client.chat.completions.stream(body).finalChatCompletion()
        : await client.chat.completions.create(body);
    };
    const [choice] = (await ask(messages)).choices;
    expect(choice).toMatchObject({
      finish_reason: 'function_call',
      message: { role: 'assistant', function_call: called },
    });
    expect(choice?.message.tool_calls ?? []).toEqual([]);
    expect(provider.asked.at(-1)?.body).toMatchObject({ parallel_tool_calls: false });
    expect(provider.asked.at(-1)?.body.tools.map((tool) => tool.function.name)).toContain('look');
    const { role = 'assistant', content = null } = choice?.message ?? {};
    const back = { role, content, function_call: called };
    const last = await ask([...messages, back, given]);
    expect(last.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'A rainbow.' } });
    expect(provider.asked.at(-1)?.body.messages.slice(-2)).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: called }] },
      { role: 'tool', content: 'a rainbow' },
    ]);
  });

  test('gets one call at a time, and loses nothing of what the hub did before it', async () => {
    const own = { name: 'tools__get_item', arguments: '{"id":"five"}', id: 'own-1' };
    provider.say({ calls: [own] }, { calls: [...calls, { ...called, id: 'model-2' }] }, 'Both seen.');
    const first = await client.chat.completions.create({ model, messages, functions });
    expect(first.choices[0]?.message).toMatchObject({ function_call: called });
    const back = { role: 'assistant' as const, content: null, function_call: called };
    await client.chat.completions.create({ model, messages: [...messages, back, given], functions });
    const told = provider.asked.at(-1)?.body.messages.slice(-4);
    expect(told).toMatchObject([
      { tool_calls: [{ function: { name: 'tools__get_item' } }] },
      { role: 'tool', content: expect.stringContaining('get_item done') as string },
      { tool_calls: [{ function: called }] },
      { role: 'tool', content: 'a rainbow' },
    ]);
  });

  test('may name the function that has to be called, or none', async () => {
    const ask = async (choice: 'none' | { name: string }): Promise<unknown> => {
      await client.chat.completions.create({ model, messages, functions, function_call: choice });
      return provider.asked.at(-1)?.body['tool_choice'];
    };
    expect(await ask({ name: 'look' })).toEqual({ type: 'function', function: { name: 'look' } });
    expect(await ask('none')).toBe('none');
  });

  test('goes on in its conversation, in which its call stands once', async () => {
    const conversation = { headers: { 'counterpart-conversation': 'old-times' } };
    provider.say({ calls }, 'A rainbow.');
    await client.chat.completions.create({ model, messages, functions }, conversation);
    const back = { role: 'assistant' as const, content: null, function_call: called };
    const all = [...messages, back, given];
    await client.chat.completions.create({ model, messages: all, functions }, conversation);
    const told = provider.asked.at(-1)?.body.messages.map(({ role }) => role);
    expect(told).toEqual(['system', 'user', 'assistant', 'tool']);
  });

  test('is told at which member, where it mixes both shapes', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'look' } }];
    const both = await raised(client.chat.completions.create({ model, messages, functions, tools }));
    expect([both.status, both.param, both.message]).toEqual([
      400,
      'functions',
      expect.stringContaining('either it or `tools`'),
    ]);
    const lone = await raised(client.chat.completions.create({ model, messages: [given], functions }));
    expect([lone.status, lone.param]).toEqual([400, 'messages[0].name']);
  });
});

describe('what is too long for the model', () => {
  const long = 'word '.repeat(400_000);
  const asking = { messages: [{ role: 'user' as const, content: long }], model };
  const known = {
    status: 400,
    code: 'context_length_exceeded',
    type: 'invalid_request_error',
    error: { counterpart: { code: 'MODEL_OVER_CONTEXT' } },
    message: expect.stringContaining("longer than the model's context length") as string,
  };

  test('is raised with the code that programs shorten by, before a model is asked', async () => {
    const before = provider.asked.length;
    for (const ask of [
      () => client.chat.completions.create(asking),
      () => client.chat.completions.create({ ...asking, model: 'hub/auto' }),
      () => client.chat.completions.create({ ...asking, stream: true }),
      () => client.responses.create({ model, input: long }),
      () => client.responses.create({ model, input: long, stream: true }),
      () => client.completions.create({ model, prompt: long }),
    ]) {
      const thrown = await raised(ask());
      expect(thrown).toBeInstanceOf(BadRequestError);
      expect(thrown).toMatchObject(known);
    }
    expect(provider.asked.length).toBe(before);
  });

  test('is so, too, where the provider says it', async () => {
    const message = "This model's maximum context length is 10 tokens.";
    provider.say({ status: 400, body: { error: { message, code: 'context_length_exceeded' } } });
    expect(await raised(client.chat.completions.create({ model, messages }))).toMatchObject(known);
  });

  test('fails an answer in the background by the same code', async () => {
    const { id } = await client.responses.create({ model, input: long, background: true });
    await eventually(async () => (await client.responses.retrieve(id)).status === 'failed');
    expect((await client.responses.retrieve(id)).error).toMatchObject({ code: 'context_length_exceeded' });
  });

  test('is told over a WebSocket by the same code', async () => {
    const socket = new ResponsesWS(client, { reconnect: null });
    const failed = new Promise((resolve) => {
      socket.on('response.failed', resolve);
    });
    socket.send({ type: 'response.create', model, input: long });
    expect(await failed).toMatchObject({ response: { error: { code: 'context_length_exceeded' } } });
    socket.close();
  });
});
