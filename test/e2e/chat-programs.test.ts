import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serveEndpoints, TOKEN, type ServedEndpoints } from '../fixtures/chat/endpoints.ts';
import { PROGRAM_REQUESTS } from '../fixtures/chat/program-requests.ts';
import { saying, scriptedOrchestrator } from '../fixtures/chat/scripted-orchestrator.ts';
import { verifies } from '../verifies.ts';

const loop = scriptedOrchestrator();
let served: ServedEndpoints;

beforeAll(async () => {
  loop.plays(saying('Hello there, friend.'));
  served = await serveEndpoints(loop);
});
afterAll(() => served.close());

const post = (endpoint: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${served.url}/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const Choice = z.looseObject({
  message: z.looseObject({ content: z.string() }).optional(),
  delta: z.looseObject({ content: z.string().optional() }).optional(),
  text: z.string().optional(),
});
const Said = z.looseObject({
  usage: z.looseObject({ prompt_tokens: z.int().optional() }).optional(),
  choices: z.array(Choice).optional(),
  delta: z.string().optional(),
  output: z.array(z.looseObject({ content: z.array(z.looseObject({ text: z.string() })) })).optional(),
});

/** What a program makes of one document or event: the text in it. */
function textIn(said: unknown): string {
  const { choices = [], delta = '', output = [] } = Said.parse(said);
  const texts = choices.map(
    (choice) => choice.message?.content ?? choice.delta?.content ?? choice.text ?? '',
  );
  return [...texts, delta, ...output.flatMap(({ content }) => content.map(({ text }) => text))].join('');
}

describe('a request of', () => {
  test.each(PROGRAM_REQUESTS)('$program is answered as it expects', async ({ endpoint, body }) => {
    verifies('P35');
    const response = await post(endpoint, body);
    expect(response.status).toBe(200);
    const text = await response.text();
    const isStream = body['stream'] === true;
    expect(response.headers.get('content-type')).toMatch(
      isStream ? /^text\/event-stream/ : /^application\/json/,
    );
    const sent = isStream ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data) : [text];
    const isChat = endpoint !== 'responses';
    expect(sent.at(-1) === '[DONE]').toBe(isStream && isChat);
    const documents = sent.filter((data) => data !== '[DONE]').map((data): unknown => JSON.parse(data));
    expect(documents.map(textOfDelta).join('')).toBe('Hello there, friend.');
    const counted = isChat && (!isStream || 'stream_options' in body) ? 12 : undefined;
    expect(Said.parse(documents.at(-1)).usage?.prompt_tokens).toBe(counted);
  });

  const textOfDelta = (event: unknown): string => {
    const { type } = z.looseObject({ type: z.string().optional() }).parse(event);
    return type === undefined || type === 'response.output_text.delta' ? textIn(event) : '';
  };
});

describe('a page in a browser', () => {
  const origin = 'http://localhost:8080';
  const ask = (headers: Record<string, string>, method = 'OPTIONS') =>
    fetch(`${served.url}/chat/completions`, { method, headers });

  test('of an allowed origin learns that it may ask, without a token, and reads the answer', async () => {
    const before = await ask({
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os',
    });
    expect([
      before.status,
      ...['origin', 'headers', 'methods'].map((what) => before.headers.get(`access-control-allow-${what}`)),
    ]).toEqual([204, origin, 'authorization,content-type,x-stainless-os', 'GET, POST, DELETE']);
    const messages = [{ role: 'user', content: 'Hi' }];
    const answered = await post('chat/completions', { model: 'hub/auto', messages }, { origin });
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    const stranger = await post('chat/completions', { messages }, { origin, authorization: 'Bearer x' });
    expect([stranger.status, stranger.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
  });

  test('of another origin is refused before it can ask', async () => {
    const before = await ask({ origin: 'https://evil.example', 'access-control-request-method': 'POST' });
    expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

test('the list of models has the shape that programs read, and each is found by its name', async () => {
  const get = async (path: string) =>
    (await fetch(`${served.url}/models${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })).json();
  const Model = z.looseObject({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
  });
  const { data } = z.object({ object: z.literal('list'), data: z.array(Model) }).parse(await get(''));
  for (const { id } of data) expect(await get(`/${id}`)).toMatchObject({ id });
  expect(await get('/nobody')).toMatchObject({ error: { code: 'MODEL_UNKNOWN', param: 'model' } });
});

describe('what programs try before they ask', () => {
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${served.url}/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const text = await response.text();
    return { status: response.status, allow: response.headers.get('allow'), text };
  };

  test('HEAD is answered as GET is, without the body, and OPTIONS with the methods there are', async () => {
    const listed = await ask('GET', 'models');
    expect(await ask('HEAD', 'models')).toMatchObject({ status: 200, text: '' });
    const { status, headers } = await fetch(`${served.url}/models`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect([status, headers.get('content-length')]).toEqual([200, String(listed.text.length)]);
    expect(await ask('HEAD', 'models/nobody')).toMatchObject({ status: 404 });
    const made = z.object({ id: z.string() }).parse(await (await post('conversations', {})).json());
    expect(await ask('HEAD', `conversations/${made.id}`)).toMatchObject({ status: 200, text: '' });
    expect(await ask('OPTIONS', 'models')).toMatchObject({ status: 204, allow: 'GET, HEAD, OPTIONS' });
    expect(await ask('OPTIONS', 'nothing')).toMatchObject({ status: 404 });
  });

  test('slashes too many, as a base URL that ends in one makes them, change nothing', async () => {
    for (const path of ['/models', 'models/', '/models//', 'models/hub//auto'])
      expect(await ask('GET', path)).toMatchObject({ status: 200 });
    const body = { model: 'hub/auto', messages: [{ role: 'user', content: 'hi' }] };
    for (const path of ['/chat/completions', 'chat//completions/'])
      expect((await post(path, body)).status).toBe(200);
  });

  test.each([
    { asked: 'GET chat/completions', code: 'METHOD_UNFIT', told: 'POST' },
    { asked: 'PUT models', code: 'METHOD_UNFIT', told: 'GET' },
    { asked: 'GET conversations', code: 'METHOD_UNFIT', told: 'POST' },
    { asked: 'PATCH responses/resp_1', code: 'METHOD_UNFIT', told: 'GET, DELETE' },
    { asked: 'GET ', code: 'ENDPOINT_UNKNOWN', told: 'chat/completions' },
    { asked: 'POST messages', code: 'ENDPOINT_UNKNOWN', told: 'chat/completions' },
    { asked: 'GET responses/resp_1/input_items/more', code: 'ENDPOINT_UNKNOWN', told: 'responses' },
  ])('"$asked" is refused with what there is', async ({ asked, code, told }) => {
    const [method = '', path = ''] = asked.split(' ');
    const { text, allow, ...answer } = await ask(method, path);
    expect(answer.status).toBe(code === 'METHOD_UNFIT' ? 405 : 404);
    const { error } = z
      .object({ error: z.object({ code: z.string(), message: z.string() }) })
      .parse(JSON.parse(text));
    expect(error.code).toBe(code);
    expect(error.message).toContain(told);
    expect(allow).toBe(code === 'METHOD_UNFIT' ? told : null);
  });
});
