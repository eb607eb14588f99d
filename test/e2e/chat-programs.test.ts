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
