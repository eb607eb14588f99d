import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonMembers, UpstreamLists } from '../../hub/src/kernel/ports.ts';
import { membersOf } from '../../hub/src/kernel/protocol/members.ts';
import { call, Bench, LEGACY_CALLER, textOf } from './upstream-harness.ts';
import {
  closeServers,
  legacySdk,
  listen,
  modernRaw,
  modernSdk,
  sendJson,
  servers,
} from '../fixtures/upstream/http-servers.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
const connect: Bench['remote'] = (url, setup) => bench.remote(url, setup);

afterEach(async () => {
  await bench.close();
  await closeServers();
});

test('a legacy server on SDK v1 is initialized, called and left with its session ended', async () => {
  const { handle, sessions } = legacySdk();
  const upstream = connect(await listen(handle));
  const lists = await upstream.refresh();
  const { result, era } = await call(upstream, 'echo', { text: 'naïve' }, { caller: LEGACY_CALLER });
  expect([
    lists.tools.map(({ name }) => name),
    result?.['content'],
    era,
    upstream.info?.serverInfo,
  ]).toMatchObject([['echo', 'ask'], [{ type: 'text', text: 'naïve' }], 'legacy', { name: 'v1' }]);
  expect(upstream.snapshot.state).toBe('ready');
  expect(sessions.size).toBe(1);
  await upstream.close();
  expect(sessions.size).toBe(0);
});

test('a session the server forgot is opened anew, and the call that met this is answered', async () => {
  const { handle, sessions } = legacySdk();
  const upstream = connect(await listen(handle));
  await call(upstream, 'echo', { text: 'before' });
  sessions.clear();
  const answers = await Promise.all(['a', 'b', 'c'].map((text) => call(upstream, 'echo', { text })));
  expect([answers.map(textOf), sessions.size]).toEqual([['a', 'b', 'c'], 1]);
});

test('a changed list is heard on the legacy server’s own stream', async () => {
  const tools: JsonMembers[] = [{ name: 'first', inputSchema: { type: 'object' } }];
  const results: Record<string, () => JsonMembers> = {
    initialize: () => ({
      protocolVersion: '2025-06-18',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'raw' },
    }),
    'tools/list': () => ({ tools }),
  };
  let markListed: () => void = () => undefined;
  const listed = new Promise<void>((resolve) => {
    markListed = resolve;
  });
  const url = await listen(async (request, response, body) => {
    if (request.method === 'GET') {
      await listed;
      tools.push({ name: 'late', inputSchema: { type: 'object' } });
      const changed = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      return void response
        .writeHead(200, { 'Content-Type': 'text/event-stream' })
        .write(`id: 1\ndata: ${changed}\n\n`);
    }
    const { id, method } = body;
    if (id === undefined) return void response.writeHead(202).end();
    const result = results[String(method)]?.();
    if (method === 'tools/list') response.on('finish', markListed);
    sendJson(response, 200, {
      jsonrpc: '2.0',
      id,
      ...(result ? { result } : { error: { code: -32601, message: 'unknown' } }),
    });
  });
  const upstream = connect(url);
  const changed = new Promise<UpstreamLists>((resolve) => {
    upstream.on('lists-changed', (lists) => {
      if (lists.tools.length > 1) resolve(lists);
    });
  });
  await upstream.refresh();
  expect((await changed).tools.map(({ name }) => name)).toEqual(['first', 'late']);
});

test('over HTTP a question comes on the stream of its call, so its client is known even among many', async () => {
  const upstream = connect(await listen(legacySdk().handle), { declare: { elicitation: {} } });
  const asked = (action: string) => {
    const caller = { era: 'legacy' as const, capabilities: { elicitation: {} } };
    return call(upstream, 'ask', {}, { caller, ask: () => Promise.resolve({ action, content: {} }) });
  };
  expect((await Promise.all(['accept', 'decline', 'cancel'].map(asked))).map(textOf)).toEqual([
    'accept',
    'decline',
    'cancel',
  ]);
});

test('a modern server on SDK v2 gets the headers it insists on, also those of annotated arguments', async () => {
  const upstream = connect(await modernSdk());
  const heard: unknown[] = [];
  const echoed = await call(upstream, 'echo', { text: 'naïve ✓' });
  const steps = await call(
    upstream,
    'steps',
    {},
    { progressToken: 't', notify: (_, params) => void heard.push(params) },
  );
  expect([textOf(echoed), textOf(steps), heard, upstream.info?.era]).toEqual([
    'naïve ✓',
    'done',
    [{ progressToken: 't', progress: 1 }],
    'modern',
  ]);
});

test('a subscription is opened, and opened again after the server ends it', async () => {
  const opened: unknown[] = [];
  let second: () => void = () => undefined;
  const twice = new Promise<void>((resolve) => {
    second = resolve;
  });
  const url = await listen(
    modernRaw((_request, response, body) => {
      if (body['method'] !== 'subscriptions/listen') return void response.writeHead(202).end();
      opened.push(membersOf(body['params'])['notifications']);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      if (opened.length === 2) second();
      else
        response.end(
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: body['id'], result: { resultType: 'complete' } })}\n\n`,
        );
    }),
  );
  await connect(url).refresh();
  await twice;
  expect(opened).toEqual([{ toolsListChanged: true }, { toolsListChanged: true }]);
});

test('giving a modern call up closes its stream', async () => {
  let gone: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const abort = new AbortController();
  const url = await listen(
    modernRaw((_request, response, body) => {
      if (body['method'] !== 'tools/call') return;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      response.on('close', gone);
      abort.abort();
    }),
  );
  void call(connect(url), 'x', {}, { signal: abort.signal });
  await expect(closed).resolves.toBeUndefined();
});

test('a stream that ends without the answer fails its call only', async () => {
  const url = await listen(
    modernRaw((_request, response, body) => {
      if (body['method'] !== 'tools/call') return;
      const { id } = body;
      if (membersOf(body['params'])['name'] === 'good')
        return sendJson(response, 200, { jsonrpc: '2.0', id, result: {} });
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(': nothing\n\n');
    }),
  );
  const upstream = connect(url);
  const [bad, good] = await Promise.all([call(upstream, 'bad'), call(upstream, 'good')]);
  expect([bad.failure, good.result]).toEqual(['UPSTREAM_LOST', {}]);
});

test.each([
  [401, 'credentials'],
  [503, 'HTTP 503'],
])('status %i is no evidence of an era and says what to do', async (status, words) => {
  const methods: unknown[] = [];
  const url = await listen((_request, response, body) => {
    methods.push(body['method']);
    sendJson(response, status, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'no' } });
  });
  const { failure, detail } = await call(connect(url), 'x');
  expect([failure, detail, methods]).toEqual([
    'UPSTREAM_UNREACHABLE',
    expect.stringContaining(words),
    ['server/discover'],
  ]);
});

test('an address where a web page answers is named as no MCP endpoint', async () => {
  const url = await listen((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!doctype html><p>Hello');
  });
  const upstream = connect(url);
  const { failure, detail } = await call(upstream, 'tools/call', { name: 'x' });
  expect(failure).toBe('UPSTREAM_NOT_MCP');
  expect(detail).toBe(`remote has no MCP endpoint at ${url}: a web page answers there.`);
});

test('a redirect is followed within one origin and refused across', async () => {
  const other = await listen(
    modernRaw((_request, response, body) =>
      sendJson(response, 200, { jsonrpc: '2.0', id: body['id'], result: {} }),
    ),
  );
  const url = await listen((request, response, body) => {
    if (request.url === '/mcp') return void response.writeHead(308, { Location: '/moved' }).end();
    if (membersOf(body['params'])['name'] === 'away')
      return void response.writeHead(307, { Location: other }).end();
    return modernRaw(() =>
      sendJson(response, 200, { jsonrpc: '2.0', id: body['id'], result: { here: true } }),
    )(request, response, body);
  });
  const upstream = connect(url, { headers: { Authorization: 'Bearer secret' } });
  const [here, away] = [await call(upstream, 'x'), await call(upstream, 'away')];
  expect([here.result, away.failure, away.detail]).toEqual([
    { here: true },
    'UPSTREAM_UNREACHABLE',
    expect.stringContaining('it redirects to'),
  ]);
});

test('an address where nothing listens is told precisely, and tried again at the next call', async () => {
  const url = await listen(
    modernRaw((_request, response, body) =>
      sendJson(response, 200, { jsonrpc: '2.0', id: body['id'], result: {} }),
    ),
  );
  const upstream = connect(url);
  const [server] = servers;
  const { port } = new URL(url);
  await call(upstream, 'x');
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  // The first call may still meet the connection that was just closed.
  await call(upstream, 'x');
  const down = await call(upstream, 'x');
  expect([down.failure, upstream.snapshot.state]).toEqual(['UPSTREAM_UNREACHABLE', 'degraded']);
  await new Promise<void>((resolve) => server?.listen(Number(port), '127.0.0.1', resolve));
  expect([(await call(upstream, 'x')).result, upstream.snapshot.state]).toEqual([{}, 'ready']);
});

test('a secret in the address is in no message', async () => {
  const { detail } = await call(connect('http://user:hunter2@127.0.0.1:1/mcp?key=hunter3'), 'x');
  expect(detail).toMatch(/^Cannot reach remote at http:\/\/127\.0\.0\.1:1\/mcp: /);
});

test.each([
  ['as a refusal', 401, (key: string): object => ({ message: `bad key ${key}` })],
  [
    'as an error of the handshake',
    200,
    (key: string, id: unknown) => ({
      jsonrpc: '2.0',
      id,
      error: { code: -32001, message: `no such tenant ${key}` },
    }),
  ],
])('a key that the server quotes back %s is in no message and no state', async (_, status, answer) => {
  const key = 'my-plain-words-key';
  const url = await listen((_request, response, { id }) => sendJson(response, status, answer(key, id)));
  const upstream = connect(url, {
    headers: { 'x-tenant': key },
    redact: (text) => text.replaceAll(key, '[redacted]'),
  });
  const said = JSON.stringify([await call(upstream, 'x'), upstream.snapshot]);
  expect(said).toContain('[redacted]');
  expect(said).not.toContain(key);
});

test('the declared limit holds for remote calls too, and legacy servers are told of the cancellation', async () => {
  const { handle } = legacySdk();
  const seen: unknown[] = [];
  let told: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => {
    told = resolve;
  });
  const url = await listen((request, response, body) => {
    seen.push(body['method']);
    if (body['method'] === 'notifications/cancelled') told();
    if (body['method'] === 'tools/call') return;
    return handle(request, response, body);
  });
  const { failure } = await call(connect(url), 'echo', { text: 'x' }, { timeoutMs: 100 });
  await cancelled;
  expect(failure).toBe('CALL_TIMEOUT');
});

test('a remote legacy server with isolation gets a session of its own for each client, ended with it', async () => {
  const { handle, sessions } = legacySdk();
  const upstream = connect(await listen(handle), { isolation: 'session' });
  await upstream.refresh();
  expect(sessions.size).toBe(1);
  const client = (id: string) => {
    const ending = new AbortController();
    const session = { id, ended: ending.signal };
    const caller = { era: 'legacy' as const, capabilities: { elicitation: { form: {} } }, session };
    const ask = () => Promise.resolve({ action: id, content: {} });
    return { end: () => ending.abort(), call: () => call(upstream, 'ask', {}, { caller, ask }) };
  };
  const [one, two] = [client('accept'), client('decline')];
  const answers = await Promise.all([one.call(), two.call(), one.call()]);
  expect([answers.map(textOf), sessions.size]).toEqual([['accept', 'decline', 'accept'], 3]);
  one.end();
  await expect.poll(() => sessions.size).toBe(2);
  expect(textOf(await two.call())).toBe('decline');
  const caller = { era: 'modern' as const, capabilities: { elicitation: {} } };
  const ask = () => Promise.resolve({ action: 'cancel' });
  expect(textOf(await call(upstream, 'ask', {}, { caller, ask }))).toBe('cancel');
  await expect.poll(() => sessions.size).toBe(2);
});
