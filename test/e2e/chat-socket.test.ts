import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import OpenAI from 'openai';
import type { ResponsesClientEvent, ResponsesServerEvent } from 'openai/resources/responses/responses';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { serveEndpoints, TOKEN, type ServedEndpoints } from '../fixtures/chat/endpoints.ts';
import {
  callingTools,
  saying,
  scriptedOrchestrator,
  steppedRun,
} from '../fixtures/chat/scripted-orchestrator.ts';
import { eventually, makeHome, startHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const loop = scriptedOrchestrator();
const model = 'hub/auto';
let served: ServedEndpoints;
let client: OpenAI;
const open = new Set<Talk>();

beforeAll(async () => {
  served = await serveEndpoints(loop);
  client = new OpenAI({ baseURL: served.url, apiKey: TOKEN, maxRetries: 0 });
});
afterAll(() => served.close());
beforeEach(() => loop.plays(saying('Hello there, my friend.')));
afterEach(async () => {
  for (const talk of open) talk.socket.close();
  await Promise.all([...open].map(({ closed }) => closed));
  open.clear();
});

type Event = ResponsesServerEvent & { readonly stream_id?: string };

/** OpenAI's own client of the protocol, with all events in the order in which they came. */
class Talk {
  readonly socket: ResponsesWS;
  readonly events: Event[] = [];
  readonly closed: Promise<number>;
  #wake: () => void = () => undefined;

  constructor(by: OpenAI = client) {
    this.socket = new ResponsesWS(by, { reconnect: null });
    const { promise, resolve } = Promise.withResolvers<number>();
    this.closed = promise;
    this.socket.on('event', (event) => {
      this.events.push(event);
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code) => {
      resolve(code);
      this.#wake();
    });
    open.add(this);
  }

  ask(request: Omit<ResponsesClientEvent.ResponseCreate, 'type'>): void {
    this.socket.send({ type: 'response.create', model, ...request });
  }

  /** The first event that fits and was not waited for before. */
  async next(fits: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const at = this.events.findIndex(fits);
      const [found] = at < 0 ? [] : this.events.splice(0, at + 1).slice(-1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The answer with which the next response ends. */
  async answer(lane?: string) {
    const event = await this.next((one) => isLast(one) && one.stream_id === lane);
    if (!('response' in event)) throw new Error(JSON.stringify(event));
    return event.response;
  }
}

const LAST = ['response.completed', 'response.incomplete', 'response.failed', 'error'];
const isLast = ({ type }: Event): boolean => LAST.includes(type);
const textOf = ({ output }: { readonly output: readonly unknown[] }): string =>
  z
    .array(z.looseObject({ content: z.array(z.looseObject({ text: z.string() })).default([]) }))
    .parse(output)
    .flatMap(({ content }) => content.map(({ text }) => text))
    .join('');

test("OpenAI's client gets over a WebSocket the events of a stream, and goes on from the answer", async () => {
  verifies('P35');
  const talk = new Talk();
  talk.ask({ input: 'Hi' });
  const first = await talk.answer();
  expect([first.status, textOf(first)]).toEqual(['completed', 'Hello there, my friend.']);
  loop.plays(callingTools);
  const tools = [{ type: 'function' as const, name: 'look', parameters: { type: 'object' }, strict: null }];
  talk.ask({ input: 'Look.', tools, previous_response_id: first.id });
  const second = await talk.answer();
  expect(second.output).toMatchObject([{ type: 'function_call', name: 'look' }]);
  talk.ask({
    input: [{ type: 'function_call_output', call_id: 'call_0', output: 'rain' }],
    tools,
    previous_response_id: second.id,
  });
  expect(textOf(await talk.answer())).toBe('The tools say rain.');
  expect(loop.asked.at(-1)?.items.map(({ type }) => type)).toEqual([
    'message',
    'message',
    'message',
    'function_call',
    'function_call_output',
  ]);
  expect((await client.responses.retrieve(second.id)).status).toBe('completed');
});

test('the events are those of the stream over HTTP, one message each', async () => {
  const talk = new Talk();
  talk.ask({ input: 'Hi' });
  const seen: string[] = [];
  for (;;) {
    const { type } = await talk.next(() => true);
    seen.push(type);
    if (type === 'response.completed') break;
  }
  const streamed: string[] = [];
  for await (const { type } of await client.responses.create({ model, input: 'Hi', stream: true }))
    streamed.push(type);
  expect(seen).toEqual(streamed);
});

test('what is not to be kept is gone on from on its own connection, and nowhere else', async () => {
  const talk = new Talk();
  talk.ask({ input: 'My name is Ann.', store: false });
  const { id } = await talk.answer();
  talk.ask({ input: 'Who am I?', store: false, previous_response_id: id });
  const { id: second } = await talk.answer();
  talk.ask({ input: 'And now?', store: false, previous_response_id: second });
  await talk.answer();
  expect(loop.asked.at(-1)?.items.map((item) => ('role' in item ? item.role : item.type))).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
    'user',
  ]);
  await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  const stranger = new Talk();
  stranger.ask({ input: 'Who am I?', previous_response_id: id });
  expect(await stranger.next(isLast)).toMatchObject({
    type: 'error',
    status: 404,
    error: { code: 'previous_response_not_found', param: 'previous_response_id' },
  });
});

test('requests of a lane are answered in their order, those of two lanes side by side', async () => {
  const talk = new Talk();
  const { script, step } = steppedRun(['slow']);
  loop.plays(script);
  talk.ask({ input: 'one', stream_id: 'a' });
  await talk.next(({ type, stream_id: lane }) => type === 'response.created' && lane === 'a');
  loop.plays(saying('quick'));
  talk.ask({ input: 'two', stream_id: 'a' });
  talk.ask({ input: 'three', stream_id: 'b' });
  expect(textOf(await talk.answer('b'))).toBe('quick');
  expect(loop.asked.slice(-2).map(({ items }) => JSON.stringify(items).match(/one|two|three/)?.[0])).toEqual([
    'one',
    'three',
  ]);
  step();
  step();
  expect(textOf(await talk.answer('a'))).toBe('slow');
  expect(textOf(await talk.answer('a'))).toBe('quick');
});

test('a request that only warms up gets an id to go on from, and no model is asked', async () => {
  const talk = new Talk();
  const before = loop.asked.length;
  talk.socket.sendRaw(
    JSON.stringify({ type: 'response.create', model, input: 'My name is Ann.', generate: false }),
  );
  const warm = await talk.answer();
  expect([warm.status, warm.output, loop.asked.length]).toEqual(['completed', [], before]);
  talk.ask({ input: 'Who am I?', previous_response_id: warm.id });
  await talk.answer();
  expect(loop.asked.at(-1)?.items).toHaveLength(2);
});

test('an answer is cancelled by its id, and the connection goes on', async () => {
  const talk = new Talk();
  loop.plays(steppedRun(['never']).script);
  talk.ask({ input: 'Hi' });
  const created = await talk.next(({ type }) => type === 'response.created');
  const id = 'response' in created ? created.response.id : '';
  expect((await client.responses.cancel(id)).status).toBe('cancelled');
  expect(await talk.answer()).toMatchObject({ id, status: 'cancelled' });
  loop.plays(saying('Still here.'));
  talk.ask({ input: 'Are you there?' });
  expect(textOf(await talk.answer())).toBe('Still here.');
});

test('an answer that is not kept ends when its client leaves', async () => {
  const talk = new Talk();
  const before = loop.aborted();
  loop.plays(steppedRun(['never']).script);
  talk.ask({ input: 'Hi', store: false });
  await talk.next(({ type }) => type === 'response.created');
  talk.socket.close();
  await eventually(() => loop.aborted() > before);
  expect(loop.aborted()).toBe(before + 1);
});

test.each([
  ['text that is not JSON', 'hello', ''],
  ['another type of event', '{"type":"session.update"}', 'type'],
  ['no type', '{}', 'type'],
  ['a member that is wrong', '{"type":"response.create","input":7}', 'input'],
  ['an answer in the background', '{"type":"response.create","input":"Hi","background":true}', 'background'],
  ['an answer that is not streamed', '{"type":"response.create","input":"Hi","stream":false}', 'stream'],
  ['nothing to answer', '{"type":"response.create"}', 'input'],
  ['members within members', `{"type":"response.create","x":${'['.repeat(300)}${']'.repeat(300)}}`, ''],
  ['bytes', Buffer.from('{"type":"response.create","input":"Hi"}'), ''],
])('%s gets an error event, and the connection goes on', async (_, message, param) => {
  const talk = new Talk();
  talk.socket.sendRaw(message);
  expect(await talk.next(isLast)).toMatchObject({
    type: 'error',
    status: 400,
    error: { type: 'invalid_request_error', code: 'FIELD_INVALID', param: param === '' ? null : param },
  });
  talk.ask({ input: 'Hi' });
  expect((await talk.answer()).status).toBe('completed');
});

test('input that would lead an answer under way comes back', async () => {
  const talk = new Talk();
  talk.socket.send({ type: 'response.steer', previous_response_id: 'resp_1', input: 'Shorter!' });
  expect(await talk.next(() => true)).toMatchObject({
    type: 'response.steer.failed',
    error: { code: 'steering_not_supported' },
    steer: { input: 'Shorter!', previous_response_id: 'resp_1' },
  });
});

test('more requests at once than a connection may have are refused, those before are answered', async () => {
  const talk = new Talk();
  const { script, step } = steppedRun(['slow']);
  loop.plays(script);
  for (let n = 0; n < 17; n += 1) talk.ask({ input: `number ${n}` });
  expect(await talk.next(({ type }) => type === 'error')).toMatchObject({
    status: 429,
    error: { code: 'SOCKETS_BUSY' },
  });
  loop.plays(saying('quick'));
  step();
  step();
  const texts: string[] = [];
  for (let n = 0; n < 16; n += 1) texts.push(textOf(await talk.answer()));
  expect(texts).toEqual(['slow', ...Array.from({ length: 15 }, () => 'quick')]);
});

/** The status with which a handshake is answered. */
async function statusOf(headers: Record<string, string>, path = 'responses'): Promise<number | undefined> {
  const handshake = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const asked: ClientRequest = request(`${served.url}/${path}`, { headers: { ...handshake, ...headers } });
  asked.end();
  const answered = Promise.race([once(asked, 'response'), once(asked, 'upgrade')]);
  const [{ statusCode, socket }] = (await answered) as [IncomingMessage];
  socket.destroy();
  return statusCode;
}
const authorization = `Bearer ${TOKEN}`;

test('who has no token, comes from another page or asks elsewhere is turned away before the handshake', async () => {
  expect(await statusOf({ authorization })).toBe(101);
  expect(await statusOf({})).toBe(401);
  expect(await statusOf({ authorization: 'Bearer wrong' })).toBe(401);
  expect(await statusOf({ authorization, origin: 'https://evil.test' })).toBe(403);
  expect(await statusOf({ authorization, host: 'evil.test' })).toBe(403);
  expect(await statusOf({ authorization }, 'chat/completions')).toBe(405);
});

test('a message over 32 MB ends its connection with the code for it', async () => {
  const talk = new Talk();
  talk.socket.sendRaw('x'.repeat(32 * 1024 * 1024 + 1));
  expect(await talk.closed).toBe(1009);
});

test('over a hundred connections are refused, and one that left makes room', async () => {
  const talks = Array.from({ length: 100 }, () => new Talk());
  for (const talk of talks) talk.socket.sendRaw('{}');
  await Promise.all(talks.map((talk) => talk.next(isLast)));
  expect(await statusOf({ authorization })).toBe(429);
  talks[0]?.socket.close();
  await eventually(async () => (await statusOf({ authorization })) === 101);
});

test('endpoints that close tell an answer under way why it ends, and say goodbye', async () => {
  const others = await serveEndpoints(loop);
  const talk = new Talk(new OpenAI({ baseURL: others.url, apiKey: TOKEN, maxRetries: 0 }));
  loop.plays(steppedRun(['never']).script);
  talk.ask({ input: 'Hi' });
  await talk.next(({ type }) => type === 'response.output_text.delta');
  talk.ask({ input: 'And then?' });
  await others.close();
  expect(await talk.answer()).toMatchObject({ status: 'failed', error: { code: 'HUB_STOPPING' } });
  expect(await talk.closed).toBe(1001);
});

test('the hub itself takes clients on WebSockets, says goodbye when it stops, and ends', async () => {
  const place = makeHome();
  const hub = await startHub(place.home);
  try {
    const talk = new Talk(new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: hub.token, maxRetries: 0 }));
    talk.ask({ model: 'hub/rules', input: 'Hello' });
    expect((await talk.answer()).status).toBe('completed');
    expect([await hub.stop(), await talk.closed]).toEqual([0, 1001]);
  } finally {
    await hub.kill();
    place.remove();
  }
});
