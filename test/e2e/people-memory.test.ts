import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PersonToken } from '@counterpart/schemas';
import { z } from 'zod';
import { eventually, fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import {
  startScriptedProvider,
  type AskedProvider,
  type ScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';
import { addPerson, toolNames, type Person } from '../fixtures/people.ts';
import { verifies } from '../verifies.ts';

let provider: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let anna: Person;
let ben: Person;

/** A model that calls a tool where somebody says which, and else says what it was told. */
function answer(asked: AskedProvider) {
  const wanted = /^call (\S+)/.exec(asked.lastText('user'))?.[1];
  const isDone = asked.body.messages.at(-1)?.role === 'tool';
  return wanted !== undefined && !isDone
    ? { calls: [{ name: wanted, arguments: {} }] }
    : { text: isDone ? asked.lastText('tool') : JSON.stringify(asked.body.messages) };
}

beforeAll(async () => {
  provider = await startScriptedProvider((asked) => answer(asked));
  place = makeHome({
    mcpServers: { shop: fixtureServer('effects'), diary: fixtureServer('effects') },
    providers: { one: { baseUrl: provider.url, model: 'scripted-1' } },
  });
  hub = await startHub(place.home);
  await eventually(async () => (await toolNames(hub)).some((name) => name.startsWith('diary__')));
  [anna, ben] = [await addPerson(hub, 'anna'), await addPerson(hub, 'ben')];
  await hub.send('POST', '/api/servers/diary/unshare', {});
  await hub.send('POST', '/api/servers/diary/share', { with: 'anna' });
});
afterAll(async () => {
  await hub.stop();
  await provider.close();
  place.remove();
});

const Completion = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string() }) })),
});
const Response = z.looseObject({ id: z.string() });

async function say(person: Pick<Person, 'send'>, content: string, conversation?: string): Promise<string> {
  const { body } = await person.send('POST', '/v1/chat/completions', {
    model: 'hub/auto',
    messages: [{ role: 'user', content }],
    ...(conversation === undefined ? {} : { counterpart: { conversation } }),
  });
  return Completion.parse(body).choices[0]?.message.content ?? '';
}
const offered = (): string[] =>
  (provider.asked.at(-1)?.body.tools ?? []).map(({ function: { name } }) => name);

test('a chat has the tools of whoever chats, and reaches no other by its name', async () => {
  verifies('D08');
  await say(anna, 'What is new?');
  expect(offered()).toContain('diary__get_item');
  await say(ben, 'What is new?');
  expect(offered().filter((name) => name.startsWith('diary'))).toEqual([]);
  expect(offered()).toContain('shop__get_item');
  expect(await say(anna, 'call diary__get_item')).toContain('get_item');
  expect(await say(ben, 'call diary__get_item')).toMatch(/no tool diary__get_item/);
  const view = await ben.send('POST', '/v1/chat/completions', {
    messages: [{ role: 'user', content: 'What is new?' }],
    counterpart: { view: { server: 'diary' } },
  });
  expect([view.status, offered()]).toEqual([200, []]);
});

test('conversations, answers and memory are of one person, also under one name', async () => {
  verifies('D08');
  await say(anna, 'My secret is plums.', 'talk');
  expect(await say(anna, 'What did I say?', 'talk')).toContain('plums');
  expect(await say(ben, 'What did I say?', 'talk')).not.toContain('plums');
  expect(await say(hub, 'What did I say?', 'talk')).not.toContain('plums');
  const kept = await anna.send('POST', '/v1/responses', { input: 'Keep this: pears' });
  const { id } = Response.parse(kept.body);
  const asked = { input: 'And?', previous_response_id: id };
  expect((await anna.send('POST', '/v1/responses', asked)).status).toBe(200);
  const stolen = [
    await ben.send('POST', '/v1/responses', asked),
    await ben.send('GET', `/v1/responses/${id}`),
    await ben.send('DELETE', `/v1/responses/${id}`),
    await hub.send('GET', `/v1/responses/${id}`),
    await hub.send('GET', '/api/conversations/anna%2Ftalk'),
    await hub.send('GET', '/v1/conversations/anna%2Ftalk'),
  ];
  expect(stolen.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  const titles = async (person: Pick<Person, 'send'>) =>
    JSON.stringify((await person.send('GET', '/api/conversations')).body);
  expect([
    /plums/.test(await titles(anna)),
    /plums/.test(await titles(ben)),
    /plums/.test(await titles(hub)),
  ]).toEqual([true, false, false]);
  await anna.send('POST', '/api/memory', { kind: 'preference', subject: 'fruit', text: 'quinces' });
  await hub.send('POST', '/api/memory', { kind: 'server', subject: 'diary', text: 'keeps medlars' });
  const told = async (person: Pick<Person, 'send'>): Promise<boolean[]> => {
    const text = await say(person, 'Hello');
    return [text.includes('quinces'), text.includes('medlars')];
  };
  expect([await told(anna), await told(ben), await told(hub)]).toEqual([
    [true, true],
    [false, false],
    [false, true],
  ]);
  expect((await ben.send('DELETE', '/api/memory/preference/fruit')).status).toBe(404);
});

/** A WebSocket of somebody’s; each request is answered by the event that ends it. */
function connect({ token }: Pick<Person, 'token'>) {
  const client = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: token, maxRetries: 0 });
  const socket = new ResponsesWS(client, { reconnect: null });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.on('close', () => resolve());
  socket.on('error', () => undefined);
  return {
    closed,
    close: () => socket.close(),
    async ask(input: string, previous?: string): Promise<{ id: string; text: string; code: string }> {
      const last = new Promise<unknown>((done) => {
        socket.on('event', (event) => {
          if (/^(?:error|response\.(?:completed|failed|incomplete))$/.test(event.type)) done(event);
        });
      });
      socket.send({
        type: 'response.create',
        model: 'hub/auto',
        input,
        ...(previous === undefined ? {} : { previous_response_id: previous }),
      });
      const { response, error } = Ended.parse(await last);
      return {
        id: response?.id ?? '',
        text: JSON.stringify(response?.output ?? ''),
        code: error?.code ?? '',
      };
    },
  };
}
const Ended = z.looseObject({
  response: z.looseObject({ id: z.string(), output: z.array(z.unknown()) }).optional(),
  error: z.looseObject({ code: z.string() }).optional(),
});

test('a connection is of whoever opened it: their tools, their answers, and it ends with their token', async () => {
  verifies('D08');
  const [hers, his] = [connect(anna), connect(ben)];
  const kept = await hers.ask('Keep this: damsons');
  expect(offered()).toContain('diary__get_item');
  expect((await hers.ask('What do I keep?', kept.id)).text).toContain('damsons');
  expect((await hers.ask('call diary__get_item')).text).toContain('get_item');
  expect(await his.ask('What is kept?', kept.id)).toMatchObject({ code: 'previous_response_not_found' });
  const own = await his.ask('call diary__get_item');
  expect(own.text).toMatch(/no tool diary__get_item/);
  expect(offered().filter((name) => name.startsWith('diary'))).toEqual([]);
  const { body } = await hub.send('POST', '/api/people/anna/token', {});
  await hers.closed;
  anna = hub.as(PersonToken.parse(body).token);
  const again = connect(anna);
  expect((await again.ask('And now?', kept.id)).text).toContain('damsons');
  expect((await his.ask('Still there?', own.id)).code).toBe('');
  again.close();
  his.close();
  await Promise.all([again.closed, his.closed]);
});

const Pending = z.object({ pending: z.array(z.looseObject({ id: z.string() })) });

test('a call that waits for a word is decided by the person who asked for it', async () => {
  await say(anna, 'call diary__delete_item', 'deed');
  const list = async (person: Pick<Person, 'send'>) =>
    Pending.parse((await person.send('GET', '/api/chat/pending')).body).pending.map(({ id }) => id);
  const [id = ''] = await list(anna);
  expect([id === '', await list(ben), await list(hub)]).toEqual([false, [], []]);
  expect((await ben.send('POST', `/api/chat/pending/${id}`, { decision: 'approve' })).status).toBe(404);
  await say(ben, 'yes', 'deed');
  expect(await list(anna)).toEqual([id]);
  const done = await anna.send('POST', `/api/chat/pending/${id}`, { decision: 'approve' });
  expect(JSON.stringify(done.body)).toContain('diary__delete_item');
});

test('what was said outlives a kill, and goes with its person', async () => {
  verifies('D08');
  await hub.kill();
  hub = await startHub(place.home);
  [anna, ben] = [hub.as(anna.token), hub.as(ben.token)];
  expect(await say(anna, 'And now?', 'talk')).toContain('plums');
  expect(await say(ben, 'And now?', 'talk')).not.toContain('plums');
  await hub.send('DELETE', '/api/people/anna');
  const other = await addPerson(hub, 'anna');
  const text = await say(other, 'And now?', 'talk');
  expect([text.includes('plums'), text.includes('quinces')]).toEqual([false, false]);
  expect(await say(ben, 'Still?', 'talk')).toContain('And now?');
});
