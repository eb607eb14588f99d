import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveEndpoints, TOKEN, type ServedEndpoints } from '../fixtures/chat/endpoints.ts';
import { end, MODEL, said, saying, scriptedOrchestrator } from '../fixtures/chat/scripted-orchestrator.ts';

const loop = scriptedOrchestrator();
let served: ServedEndpoints;
let client: OpenAI;

beforeAll(async () => {
  served = await serveEndpoints(loop);
  client = new OpenAI({ baseURL: served.url, apiKey: TOKEN, maxRetries: 0 });
});
afterAll(() => served.close());

const BODIES: readonly (readonly [endpoint: string, body: object])[] = [
  ['chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  ['completions', { prompt: 'Hi' }],
  ['responses', { input: 'Hi', store: false }],
];

/** A stream of which nothing is read before somebody does. */
async function opened(endpoint: string, body: object): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const asking = request(`${served.url}/${endpoint}`, { method: 'POST', headers });
  asking.end(JSON.stringify({ model: MODEL, stream: true, ...body }));
  const [response] = (await once(asking, 'response')) as [IncomingMessage]; // As node:http tells it.
  return response;
}

test.each(BODIES)(
  'of %s a model that talks to nobody who reads waits for a reader',
  async (endpoint, body) => {
    const [most, piece] = [400, 'x'.repeat(64 * 1024)];
    let made = 0;
    loop.plays(async function* () {
      for (; made < most; made++) yield { type: 'text', delta: piece };
      yield end([said('x')]);
    });
    const response = await opened(endpoint, body);
    // What is not waited for would be made before anybody else is answered.
    for (let at = 0; at < 20; at++) await client.models.list();
    expect(made).toBeLessThan(most / 2);
    const all = await text(response);
    expect([made, all.split(piece).length > most]).toEqual([most, true]);
  },
);

test('the end of an answer is told when the conversation has it', async () => {
  loop.plays(saying('Hello there.'));
  const order: string[] = [];
  const { conversations } = served;
  const append = conversations.append.bind(conversations);
  conversations.append = async (id, items) => {
    // Who was told too early would be there before this is over.
    for (let at = 0; at < 5; at++) await client.models.list();
    await append(id, items);
    order.push('kept');
  };
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: [{ role: 'user', content: 'Hi' }],
    metadata: { conversation: 'told' },
    stream: true,
  });
  for await (const { choices } of stream) if (choices[0]?.finish_reason === 'stop') order.push('told');
  conversations.append = append;
  expect(order.slice(-2)).toEqual(['kept', 'told']);
  const kept = await conversations.items('told');
  expect(kept.at(-1)).toEqual(said('Hello there.'));
});

test('an item is taken out of a conversation, and those behind it move up', async () => {
  const { id } = await client.conversations.create({
    items: ['One', 'Two', 'Three'].map((content) => ({ type: 'message', role: 'user', content })),
  });
  const texts = async (): Promise<unknown[]> => {
    const { data } = await client.conversations.items.list(id, { order: 'asc' });
    return data.map((item) => (item.type === 'message' ? item.content[0] : item));
  };
  const { data } = await client.conversations.items.list(id, { order: 'asc' });
  const two = data[1]?.id ?? '';
  expect(await client.conversations.items.delete(two, { conversation_id: id })).toMatchObject({
    id,
    object: 'conversation',
  });
  expect(await texts()).toMatchObject([{ text: 'One' }, { text: 'Three' }]);
  const four = { type: 'message' as const, role: 'user' as const, content: 'Four' };
  await client.conversations.items.create(id, { items: [four] });
  await served.conversations.takeBack(id, 2);
  expect(await texts()).toMatchObject([{ text: 'One' }, { text: 'Three' }]);
  await expect(client.conversations.items.delete(two, { conversation_id: id })).rejects.toMatchObject({
    status: 404,
  });
});
