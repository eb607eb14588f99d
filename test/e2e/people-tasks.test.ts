import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import {
  modern,
  modernMeta,
  modernRequest,
  send,
  stream,
  type Message,
} from '../fixtures/gateway/raw-client.ts';
import { addPerson, toolNames, type Person } from '../fixtures/people.ts';

const FEATURES = new URL('../fixtures/gateway/features.mjs', import.meta.url).pathname;
const META = modernMeta({ extensions: { 'io.modelcontextprotocol/tasks': {} } });

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let anna: Person;
let ben: Person;

/** Servers that count their tasks: the first is `t1.x`. */
beforeAll(async () => {
  const jobs = (era: string) => ({ command: process.execPath, args: [FEATURES, era] });
  place = makeHome({ mcpServers: { jobs: jobs('modern'), works: jobs('legacy') } });
  hub = await startHub(place.home);
  [anna, ben] = [await addPerson(hub, 'anna'), await addPerson(hub, 'ben')];
  await eventually(async () => {
    const names = await toolNames(anna);
    return names.includes('jobs__long') && names.includes('works__long');
  });
});
afterAll(async () => {
  await hub.stop();
  place.remove();
});

const bearer = ({ token }: Pick<Person, 'token'>) => ({ authorization: `Bearer ${token}` });

async function ask(person: Pick<Person, 'token'>, method: string, params: Record<string, unknown>) {
  const { messages } = await modern(`${hub.url}/mcp`, method, {
    params,
    meta: META,
    headers: bearer(person),
  });
  return messages.at(-1) ?? {};
}

const idOf = ({ result }: Message): string => String(result?.['taskId']);
const LONG = { name: 'jobs__long', arguments: {} };

test('a task is asked for, changed and ended by whoever began it, though its server counts them', async () => {
  const taskId = idOf(await ask(anna, 'tools/call', LONG));
  expect((await ask(anna, 'tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'working' });
  const guesses = [taskId, 'jobs.t1.x', taskId.replace('t1', 't2'), `${taskId}x`, 'jobs.', ''];
  for (const guess of guesses)
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const { error } = await ask(ben, method, { taskId: guess, inputResponses: {} });
      expect([method, guess, error?.code]).toEqual([method, guess, -32602]);
    }
  expect((await ask(anna, 'tasks/cancel', { taskId })).error).toBeUndefined();
  expect((await ask(anna, 'tasks/get', { taskId })).result).toMatchObject({ status: 'cancelled' });
});

test('nobody is told of the tasks of others, and the owner’s ids are no person’s', async () => {
  const mine = idOf(await ask(hub, 'tools/call', LONG));
  const hers = idOf(await ask(anna, 'tools/call', LONG));
  expect((await ask(hub, 'tasks/get', { taskId: mine })).result).toMatchObject({ status: 'working' });
  expect((await ask(anna, 'tasks/get', { taskId: mine })).error?.code).toBe(-32602);
  const granted = async (person: Pick<Person, 'token'>) => {
    const params = { notifications: { taskIds: [mine, hers, 'jobs.t1.x'] } };
    const listen = modernRequest('subscriptions/listen', { params, meta: META, headers: bearer(person) });
    const news = await stream(`${hub.url}/mcp`, listen);
    const first = await news.next();
    news.close();
    return first.params?.['notifications'];
  };
  expect(await granted(anna)).toEqual({ taskIds: [hers] });
  expect(await granted(ben)).toEqual({});
});

test('in sessions, too', async () => {
  const open = async (person: Person) => {
    const hello = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    };
    const post = (method: string, params: object, headers: object) =>
      send(`${hub.url}/mcp`, {
        headers: { ...bearer(person), ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
    const opened = await post('initialize', hello, {});
    const session = { 'mcp-session-id': String(opened.headers['mcp-session-id']) };
    return async (method: string, params: object) =>
      (await post(method, params, { ...session, 'mcp-protocol-version': '2025-11-25' })).messages.at(-1);
  };
  const [hers, his] = [await open(anna), await open(ben)];
  const begun = await hers('tools/call', { name: 'works__long', arguments: {}, task: { ttl: 60_000 } });
  const { taskId } = z.looseObject({ taskId: z.string() }).parse(begun?.result?.['task']);
  expect((await hers('tasks/get', { taskId }))?.result).toMatchObject({ taskId, status: 'working' });
  for (const guess of [taskId, 'works.t1.x'])
    for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel'])
      expect([method, (await his(method, { taskId: guess }))?.error?.code]).toEqual([method, -32602]);
  expect((await hers('tasks/cancel', { taskId }))?.result).toMatchObject({ taskId, status: 'cancelled' });
});
