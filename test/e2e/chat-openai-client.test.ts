import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { startScriptedProvider, type ScriptedProvider } from '../fixtures/models/scripted-provider.ts';

let provider: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let client: OpenAI;

beforeAll(async () => {
  provider = await startScriptedProvider();
  place = makeHome({
    providers: { scripted: { baseUrl: provider.url, model: 'scripted-1', retries: 0 } },
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

  test('of a WebSocket is told with its beginning', async () => {
    const asked = request(`${hub.url}/v1/responses`, {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        authorization: `Bearer ${hub.token}`,
      },
    }).end();
    const [answer] = (await once(asked, 'upgrade')) as [IncomingMessage];
    answer.socket.destroy();
    const id = answer.headers['x-request-id'];
    expect(id).toMatch(ID);
    expect(await logged(String(id), 'a WebSocket was opened')).toHaveLength(1);
  });
});
