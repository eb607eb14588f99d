import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { hubError } from '@counterpart/schemas';
import { serveEndpoints, TOKEN, type ServedEndpoints } from '../fixtures/chat/endpoints.ts';
import {
  callingTools,
  end,
  said,
  saying,
  scriptedOrchestrator,
  steppedRun,
} from '../fixtures/chat/scripted-orchestrator.ts';
import { eventually } from '../fixtures/hub.ts';

const loop = scriptedOrchestrator();
const folder = mkdtempSync(join(tmpdir(), 'hub-chat-'));
let served: ServedEndpoints;
let client: OpenAI;
const connect = (): void => {
  client = new OpenAI({ baseURL: served.url, apiKey: TOKEN, maxRetries: 0 });
};

beforeAll(async () => {
  served = await serveEndpoints(loop, join(folder, 'hub.db'));
  connect();
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => loop.plays(saying('Hello there, my friend.')));

const model = 'hub/auto';
const weather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'The weather of a place',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: null,
};

test('every kind of item streams through the client of OpenAI into the same answer', async () => {
  loop.plays(async function* () {
    yield { type: 'reasoning', delta: 'Let me ' };
    yield { type: 'reasoning', delta: 'see.' };
    yield { type: 'text', delta: 'First' };
    yield { type: 'progress', text: 'asking' };
    yield { type: 'text', delta: ', ' };
    yield { type: 'tool-started', callId: 'a', name: 'maps__route', arguments: '{"to":"office"}' };
    yield { type: 'tool-started', callId: 'b', name: 'calendar__next', arguments: '{}' };
    yield {
      type: 'tool-ended',
      callId: 'b',
      name: 'calendar__next',
      isError: false,
      text: '9:00',
      durationMs: 2,
    };
    yield {
      type: 'tool-ended',
      callId: 'a',
      name: 'maps__route',
      isError: true,
      text: 'No road',
      durationMs: 2,
    };
    const calls = [{ callId: 'c', tool: 'mail__send', arguments: { to: 'Al' } }];
    const pending = { id: 'ap-1', calls, createdAt: '2026-01-01T00:00:00.000Z' };
    yield { type: 'approval', pending };
    yield { type: 'text', delta: 'walk.' };
    yield end([said('First, walk.')]);
  });
  const stream = client.responses.stream({ model, input: 'When should I leave?' });
  let text = '';
  stream.on('response.output_text.delta', ({ delta }) => (text += delta));
  const news: unknown[] = [];
  stream.on('response.in_progress', (event) => {
    if ('counterpart' in event) news.push(event.counterpart);
  });
  const { id, output, usage, status } = await stream.finalResponse();
  expect([text, status, usage?.total_tokens]).toEqual(['First, walk.', 'completed', 17]);
  expect(news).toMatchObject([
    { type: 'routed', tier: 'standard' },
    { type: 'progress', text: 'asking' },
  ]);
  expect(output).toMatchObject([
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me see.' }] },
    { type: 'message', content: [{ type: 'output_text', text: 'First, ' }] },
    { type: 'mcp_call', name: 'maps__route', error: 'No road', status: 'failed', server_label: 'hub' },
    { type: 'mcp_call', name: 'calendar__next', output: '9:00', status: 'completed' },
    { type: 'mcp_approval_request', id: 'ap-1_1', name: 'mail__send', arguments: '{"to":"Al"}' },
    { type: 'message', content: [{ type: 'output_text', text: 'walk.' }] },
  ]);
  const kept = await client.responses.retrieve(id);
  expect(kept.output.map((item) => item.id)).toEqual(output.map((item) => item.id));
});

test('a call that waits is approved or rejected by the item that clients have for it', async () => {
  const word = (id: string, approve: boolean) =>
    client.responses.create({
      model,
      input: [{ type: 'mcp_approval_response', approval_request_id: id, approve }],
    });
  expect((await word('ap-1_1', true)).output_text).toBe('It was: approve.');
  expect((await word('ap-1_2', false)).output_text).toBe('It was: reject.');
  await expect(word('ap-9_1', true)).rejects.toMatchObject({ status: 404, code: 'CHAT_PENDING_UNKNOWN' });
});

test("the caller's tool is answered in the next request, which goes on from the answer before", async () => {
  loop.plays(callingTools);
  const first = await client.responses.create({ model, input: 'Weather?', tools: [weather] });
  const [call] = first.output;
  expect(call).toMatchObject({ type: 'function_call', name: 'get_weather', arguments: '{"city":"Oslo"}' });
  const open = client.responses.create({ model, input: 'So?', previous_response_id: first.id });
  await expect(open).rejects.toMatchObject({ status: 400, param: 'input' });
  const second = await client.responses.create({
    model,
    previous_response_id: first.id,
    input: [{ type: 'function_call_output', call_id: 'call_0', output: 'rain' }],
    tools: [weather],
  });
  expect(second.output_text).toBe('The tools say rain.');
  expect(loop.asked.at(-1)?.items.map(({ type }) => type)).toEqual([
    'message',
    'function_call',
    'function_call_output',
  ]);
});

test('answers are kept, shown, listed with their input, and deleted; what is not to be kept is not', async () => {
  const { id } = await client.responses.create({
    model,
    input: 'Hi',
    instructions: 'Be kind',
    metadata: { a: 'b' },
  });
  expect(await client.responses.retrieve(id)).toMatchObject({
    id,
    output_text: 'Hello there, my friend.',
    instructions: 'Be kind',
    metadata: { a: 'b' },
  });
  const inputs = await client.responses.inputItems.list(id);
  expect(inputs.data).toMatchObject([
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
  ]);
  const next = await client.responses.create({ model, input: 'And?', previous_response_id: id });
  expect(loop.asked.at(-1)?.items).toHaveLength(3);
  await client.responses.delete(id);
  for (const lost of [
    client.responses.retrieve(id),
    client.responses.delete(id),
    client.responses.create({ model, input: 'So?', previous_response_id: next.id }),
  ])
    await expect(lost).rejects.toMatchObject({ status: 404, code: 'RESPONSE_UNKNOWN' });
  await expect(
    client.responses.create({ model, input: 'So?', previous_response_id: 'resp_nobody' }),
  ).rejects.toMatchObject({ status: 404, param: 'previous_response_id' });
  const brief = await client.responses.create({ model, input: 'Hi', store: false });
  await expect(client.responses.retrieve(brief.id)).rejects.toMatchObject({ status: 404 });
});

test('an answer in the background goes on by itself, can be followed from any event, and can be cancelled', async () => {
  const words = ['One ', 'two ', 'three'];
  const { script, step } = steppedRun(words);
  loop.plays(script);
  const { id, status } = await client.responses.create({ model, input: 'Count', background: true });
  expect(status).toBe('in_progress');
  step();
  const all: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.retrieve(id, { stream: true })) {
    all.push(event);
    if (event.type === 'response.output_text.delta' && event.delta === 'two ') break;
  }
  const last = all.at(-1)?.sequence_number ?? 0;
  step();
  step();
  for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: last }))
    all.push(event);
  expect(all.map((event) => event.sequence_number)).toEqual(all.map((_, n) => n));
  expect(all.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')).toBe(
    words.join(''),
  );
  expect((await client.responses.retrieve(id)).output_text).toBe('One two three');
  const late = client.responses.cancel(id);
  await expect(late).rejects.toMatchObject({ status: 400, code: 'RESPONSE_STATE' });
  const other = await client.responses.create({ model, input: 'Count', background: true });
  expect(await client.responses.cancel(other.id)).toMatchObject({ id: other.id, status: 'cancelled' });
  expect((await client.responses.retrieve(other.id)).output_text).toBe('One ');
});

test('a kept stream whose connection was lost is taken up again', async () => {
  const { script, step } = steppedRun(['One ', 'two']);
  loop.plays(script);
  const before = loop.aborted();
  let last: ResponseStreamEvent | undefined;
  let id = '';
  for await (const event of await client.responses.create({ model, input: 'Count', stream: true })) {
    last = event;
    if (event.type === 'response.created') id = event.response.id;
    if (event.type === 'response.output_text.delta') break;
  }
  step();
  step();
  const rest: ResponseStreamEvent[] = [];
  const after = last?.sequence_number ?? 0;
  for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: after }))
    rest.push(event);
  expect(rest[0]).toMatchObject({
    sequence_number: after + 1,
    type: 'response.output_text.delta',
    delta: 'two',
  });
  expect(rest.at(-1)).toMatchObject({ type: 'response.completed' });
  expect(loop.aborted()).toBe(before);
  const unkept = await client.responses.create({ model, input: 'Count', stream: true, store: false });
  for await (const event of unkept) if (event.type === 'response.output_text.delta') break;
  await eventually(() => loop.aborted() === before + 1);
});

test('after a restart answers are still there, a stream ends with the whole, and what was cut off says so', async () => {
  const done = await client.responses.create({ model, input: 'Hi' });
  const { script } = steppedRun(['One ']);
  loop.plays(script);
  const cut = await client.responses.create({ model, input: 'Count', background: true });
  served = await served.restart();
  connect();
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.retrieve(done.id, { stream: true, starting_after: 2 }))
    events.push(event);
  expect(events).toMatchObject([
    {
      type: 'response.completed',
      response: { id: done.id, status: 'completed', output: [{ type: 'message' }] },
    },
  ]);
  expect(await client.responses.retrieve(cut.id)).toMatchObject({
    status: 'failed',
    error: { code: 'HUB_STOPPING' },
    output_text: 'One ',
  });
});

test('a conversation grows with each answer, and is the same for every endpoint', async () => {
  const { id } = await client.conversations.create({
    metadata: { topic: 'trip' },
    items: [{ type: 'message', role: 'user', content: 'Hi' }],
  });
  expect(await client.conversations.retrieve(id)).toMatchObject({ id, metadata: { topic: 'trip' } });
  const answer = await client.responses.create({ model, input: 'Go on', conversation: id });
  expect(answer.conversation).toEqual({ id });
  const texts: string[] = [];
  for await (const item of client.conversations.items.list(id, { order: 'asc', limit: 2 }))
    if (item.type === 'message' && 'text' in (item.content[0] ?? {}))
      texts.push(JSON.stringify(item.content[0]));
  expect(texts.map((text) => /"text":"([^"]*)"/.exec(text)?.[1])).toEqual([
    'Hi',
    'Go on',
    'Hello there, my friend.',
  ]);
  await expect(
    client.responses.create({ model, input: 'x', conversation: id, previous_response_id: answer.id }),
  ).rejects.toMatchObject({ status: 400, param: 'conversation' });
  await client.conversations.delete(id);
  await expect(client.responses.create({ model, input: 'x', conversation: id })).rejects.toMatchObject({
    status: 404,
    code: 'CONVERSATION_UNKNOWN',
    param: 'conversation',
  });
});

test('what is wrong names its member, and a failed run fails', async () => {
  const wrong = async (body: object): Promise<unknown> => {
    const response = await fetch(`${served.url}/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ model, input: 'Hi', ...body }),
    });
    const { error } = (await response.json()) as { error: Record<string, string> }; // What is looked at below.
    return [response.status, error['param']];
  };
  expect([
    await wrong({ input: 5 }),
    await wrong({ input: '', instructions: 3 }),
    await wrong({ input: [] }),
    await wrong({ input: [{ type: 'message', role: 'user', content: [{ type: 'input_video' }] }] }),
    await wrong({ input: [{ type: 'function_call_output', call_id: 'x', output: 'y' }] }),
    await wrong({ tools: [{ type: 'web_search' }] }),
    await wrong({ background: true, store: false }),
    await wrong({ model: 'nobody' }),
  ]).toEqual([
    [400, 'input'],
    [400, 'instructions'],
    [400, 'input'],
    [400, 'input[0].content[0].type'],
    [400, 'input'],
    [400, 'tools[0].type'],
    [400, 'store'],
    [404, 'model'],
  ]);
  const problem = hubError('MODEL_SLOW', { model: 'm', seconds: 9 });
  loop.plays(async function* () {
    yield end([], { problem });
  });
  await expect(client.responses.create({ model, input: 'Hi' })).rejects.toMatchObject({
    status: 504,
    code: 'MODEL_SLOW',
  });
  await expect(client.responses.create({ model, input: 'Hi', stream: true })).rejects.toMatchObject({
    status: 504,
    code: 'MODEL_SLOW',
  });
  const events: ResponseStreamEvent[] = [];
  const inBackground = { model, input: 'Hi', stream: true, background: true } as const;
  for await (const event of await client.responses.create(inBackground)) events.push(event);
  expect(events.at(-1)).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'MODEL_SLOW' } },
  });
});

test('an answer that was cut off for its length says so, and so does its message', async () => {
  loop.plays(async function* () {
    yield { type: 'text', delta: 'Once upon' };
    yield end([said('Once upon')], { finish: 'length' });
  });
  const stream = client.responses.stream({ model, input: 'Tell a tale', max_output_tokens: 2 });
  expect(await stream.finalResponse()).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ type: 'message', status: 'incomplete' }],
  });
});

test('answers in a form are parsed by the client of OpenAI, at either endpoint', async () => {
  loop.plays(saying('{"a":1}'));
  const Form = z.object({ a: z.number() });
  const whole = await client.responses.parse({
    model,
    input: 'Give a.',
    text: { format: zodTextFormat(Form, 'form') },
  });
  const chat = await client.chat.completions.parse({
    model,
    messages: [{ role: 'user', content: 'Give a.' }],
    response_format: zodResponseFormat(Form, 'form'),
  });
  expect([whole.output_parsed, chat.choices[0]?.message.parsed]).toEqual([{ a: 1 }, { a: 1 }]);
  expect(loop.asked.slice(-2).map(({ settings }) => settings?.format?.type)).toEqual([
    'json_schema',
    'json_schema',
  ]);
});

test('items of a kept answer are referred to by their ids, in the place of what they say', async () => {
  const first = await client.responses.create({ model, input: 'I am Al.' });
  const [said0] = first.output;
  const { data } = await client.responses.inputItems.list(first.id);
  const reference = (id: string | null | undefined) => ({ type: 'item_reference' as const, id: id ?? '' });
  await client.responses.create({
    model,
    input: [reference(data[0]?.id), reference(said0?.id), { role: 'user', content: 'Who am I?' }],
  });
  expect(loop.asked.at(-1)?.items).toMatchObject([
    { role: 'user', content: [{ text: 'I am Al.' }] },
    { role: 'assistant', content: [{ text: 'Hello there, my friend.' }] },
    { role: 'user', content: [{ text: 'Who am I?' }] },
  ]);
  const other = `${said0?.id?.slice(0, -1)}7`;
  await expect(client.responses.create({ model, input: [reference(other)] })).rejects.toMatchObject({
    status: 400,
    param: 'input[0].id',
  });
});

test('limits, allowed tools and what is left out of a long conversation reach the loop', async () => {
  const named = { type: 'function' as const, name: 'get_weather' };
  await client.responses.create({
    model,
    input: 'Hi',
    tools: [weather, { ...weather, name: 'get_time' }],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [named] },
    max_tool_calls: 2,
    parallel_tool_calls: false,
    text: { verbosity: 'low' },
  });
  const { tools, view, limits, settings } = loop.asked.at(-1) ?? {};
  expect([tools?.map(({ name }) => name), view, limits, settings]).toEqual([
    ['get_weather'],
    'none',
    { toolCalls: 2 },
    { toolChoice: 'required', parallelToolCalls: false, verbosity: 'low' },
  ]);
  const long = 'word '.repeat(4_000);
  const input = [...Array.from({ length: 5 }, () => long), 'And now?'].map((content) => ({
    role: 'user' as const,
    content,
  }));
  await client.responses.create({ model, input, truncation: 'auto' });
  expect(loop.asked.at(-1)?.items).toMatchObject([
    { content: [{ text: long }] },
    { content: [{ text: 'And now?' }] },
  ]);
  await client.responses.create({ model, input });
  expect(loop.asked.at(-1)?.items).toHaveLength(6);
});
