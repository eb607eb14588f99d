import { afterEach, describe, expect, test } from 'vitest';
import {
  modern,
  modernMeta,
  modernRequest,
  RawSession,
  stream,
  type Message,
} from '../fixtures/gateway/raw-client.ts';
import { serveRealServers, type RealHub, type RealServer } from '../fixtures/gateway/real-servers.ts';

const FEATURES = new URL('../fixtures/gateway/features.mjs', import.meta.url).pathname;
const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const WITH_TASKS = modernMeta(TASKS);
const LACKING = { code: -32021, data: { requiredCapabilities: TASKS } };

let hub: RealHub;
const serve = async (era: string, more: Partial<RealServer> = {}) => {
  hub = await serveRealServers({ jobs: { args: [FEATURES, era], prefix: 'jobs', ...more } });
};
afterEach(() => hub.close());

type Params = Record<string, unknown>;
const ask = async (method: string, params: Params = {}, meta = WITH_TASKS): Promise<Message> =>
  (await modern(hub.url, method, { params, meta })).messages.at(-1) ?? {};
const call = (name: string, meta = WITH_TASKS) => ask('tools/call', { name, arguments: {} }, meta);

describe('a modern client of a modern server that runs tasks', () => {
  test('is given the task under an id that names its server, and asks, updates and cancels by it', async () => {
    await serve('modern');
    const discovered = await ask('server/discover');
    expect(discovered.result?.['capabilities']).toMatchObject(TASKS);
    const { result } = await call('jobs__long');
    expect(result).toMatchObject({ resultType: 'task', taskId: 'jobs.t1.x', status: 'working' });
    const taskId = 'jobs.t1.x';
    const inputResponses = { name: { action: 'accept' } };
    expect((await ask('tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'working' });
    expect((await ask('tasks/update', { taskId, inputResponses })).result).toMatchObject({
      resultType: 'complete',
    });
    await call('jobs__finish');
    const done = (await ask('tasks/get', { taskId })).result;
    expect(done).toMatchObject({
      taskId,
      status: 'completed',
      result: { structuredContent: { uri: 'doc:1' } },
    });
    expect((await ask('tasks/cancel', { taskId })).error).toBeUndefined();
    expect((await ask('tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'cancelled' });
  });

  test('hears of its tasks on a listen, under the same id', async () => {
    await serve('modern');
    await call('jobs__long');
    const params = { notifications: { taskIds: ['jobs.t1.x', 'jobs', 'none.t1', 7] } };
    const news = await stream(
      hub.url,
      modernRequest('subscriptions/listen', { id: 'L', params, meta: WITH_TASKS }),
    );
    expect((await news.next()).params).toMatchObject({ notifications: { taskIds: ['jobs.t1.x'] } });
    // The listen goes to the server by itself; what it says before that is lost, so the task changes until it is heard.
    const heard = news.next();
    const changed = () => call('jobs__finish').then(() => undefined);
    let told: Message | undefined;
    do told = await Promise.race([heard, changed()]);
    while (!told);
    expect(told).toMatchObject({
      method: 'notifications/tasks',
      params: {
        taskId: 'jobs.t1.x',
        status: 'completed',
        _meta: { 'io.modelcontextprotocol/subscriptionId': 'L' },
      },
    });
    news.close();
  });

  test('is refused an unknown task, a wrong header, and what it did not declare', async () => {
    await serve('modern');
    await call('jobs__long');
    const unknown = await Promise.all(
      ['jobs.t9', 't1.x', 'none.t1.x', 'jobs.', ''].map((taskId) => ask('tasks/get', { taskId })),
    );
    expect(unknown.map(({ error }) => error?.code)).toEqual(unknown.map(() => -32602));
    const taskId = 'jobs.t1.x';
    const wrong = await modern(hub.url, 'tasks/get', {
      params: { taskId },
      meta: WITH_TASKS,
      headers: { 'mcp-name': 'jobs.t2.x' },
    });
    expect([wrong.status, wrong.messages[0]?.error?.code]).toEqual([400, -32020]);
    const undeclared = await Promise.all([
      ask('tasks/get', { taskId }, modernMeta()),
      ask('subscriptions/listen', { notifications: { taskIds: [taskId] } }, modernMeta()),
      call('jobs__long', modernMeta()),
    ]);
    for (const { error } of undeclared) expect(error).toMatchObject(LACKING);
    expect((await ask('tasks/result', { taskId })).error?.code).toBe(-32601);
  });
});

describe('a legacy client of a legacy server that runs tasks', () => {
  const start = async (session: RawSession): Promise<Message | undefined> =>
    (await session.call('tools/call', { name: 'jobs__long', arguments: {}, task: { ttl: 60_000 } }))
      .messages[0];

  test('begins, asks for, waits for and cancels tasks by ids of the hub, and hears of its own', async () => {
    await serve('legacy');
    const session = await RawSession.open(hub.url);
    const other = await RawSession.open(hub.url);
    expect(session.hello.result?.['capabilities']).toMatchObject({
      tasks: { cancel: {}, requests: { tools: { call: {} } } },
    });
    const news = await stream(hub.url, { method: 'GET', headers: session.headers });
    const silent = await stream(hub.url, { method: 'GET', headers: other.headers });
    expect((await start(session))?.result).toMatchObject({
      task: { taskId: 'jobs.t1.x', status: 'working' },
    });
    const taskId = 'jobs.t1.x';
    const waited = session.call('tasks/result', { taskId });
    expect((await session.call('tasks/get', { taskId })).messages[0]?.result).toMatchObject({ taskId });
    await session.call('tools/call', { name: 'jobs__finish', arguments: {} });
    expect((await waited).messages.at(-1)?.result).toMatchObject({
      structuredContent: { uri: 'doc:1' },
      _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
    });
    expect(await news.next()).toMatchObject({
      method: 'notifications/tasks/status',
      params: { taskId, status: 'completed' },
    });
    expect((await session.call('tasks/cancel', { taskId })).messages[0]?.result).toMatchObject({
      taskId,
      status: 'cancelled',
    });
    expect((await session.call('tasks/list')).messages[0]?.error?.code).toBe(-32601);
    // The next thing the other session hears is a message of its own.
    await other.call('tools/call', { name: 'jobs__long', arguments: {}, task: {} });
    await session.call('tools/call', { name: 'jobs__finish', arguments: {} });
    expect((await silent.next()).params).toMatchObject({ taskId: 'jobs.t2.x' });
    news.close();
    silent.close();
  });

  test('finds its tasks again in the process of its session', async () => {
    await serve('legacy', { isolation: 'session' });
    const session = await RawSession.open(hub.url);
    await start(session);
    const get = await session.call('tasks/get', { taskId: 'jobs.t1.x' });
    expect(get.messages[0]?.result).toMatchObject({ taskId: 'jobs.t1.x' });
    const other = await RawSession.open(hub.url);
    await other.call('tools/call', { name: 'jobs__show', arguments: {} });
    expect((await other.call('tasks/get', { taskId: 'jobs.t1.x' })).messages[0]?.error?.code).toBe(-32602);
  });
});

describe('a tool that only runs as a task', () => {
  test('is refused with its reason across the eras, and where its process would end with the call', async () => {
    await serve('legacy');
    const refused = await call('jobs__long');
    expect(refused.error?.code).toBe(-32602);
    expect(refused.error?.message).toContain('only runs as a task of protocol revision 2025-11-25');
    expect((await ask('server/discover')).result?.['capabilities']).not.toHaveProperty('tasks');
    await hub.close();

    await serve('modern');
    const session = await RawSession.open(hub.url);
    const { hello } = session;
    expect(hello.result?.['capabilities']).not.toHaveProperty([
      'extensions',
      'io.modelcontextprotocol/tasks',
    ]);
    expect(hello.result?.['capabilities']).not.toHaveProperty('tasks');
    const needs = (await session.call('tools/call', { name: 'jobs__long', arguments: {} })).messages[0];
    expect(needs?.error).toMatchObject({ code: -32600, data: { requiredCapabilities: TASKS } });
    const asTask = await session.call('tools/call', { name: 'jobs__show', arguments: {}, task: {} });
    expect(asTask.messages[0]?.error?.message).toContain('cannot be run as a task');
    await hub.close();

    await serve('legacy', { isolation: 'call' });
    const single = await RawSession.open(hub.url);
    expect(single.hello.result?.['capabilities']).not.toHaveProperty('tasks');
    const lost = (await single.call('tools/call', { name: 'jobs__long', arguments: {}, task: {} }))
      .messages[0];
    expect(lost?.error?.message).toContain('cannot be run as a task');
  });
});
