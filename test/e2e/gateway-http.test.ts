import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryCatalog } from '../fixtures/gateway/memory-catalog.ts';
import { MemoryUpstream, type MemoryOptions } from '../fixtures/gateway/memory-upstream.ts';
import {
  modern,
  modernMeta,
  modernRequest,
  RawSession,
  send,
  stream,
} from '../fixtures/gateway/raw-client.ts';
import { serveGateway, type ServedGateway, type ServeOptions } from '../fixtures/gateway/serve-gateway.ts';

const inputSchema = { type: 'object' as const, properties: {} };
const tool = (name: string) => ({
  name,
  description: `The ${name} tool`,
  inputSchema,
  'x-vendor': { kept: true },
});
const text = (value: string): object => ({ content: [{ type: 'text', text: value }] });

const compareText = (a = '', b = ''): number => a.localeCompare(b);

const open: ServedGateway[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

async function setUp(options: MemoryOptions = {}, serve: ServeOptions & { paged?: boolean } = {}) {
  const upstream = new MemoryUpstream({
    tools: [tool('echo'), tool('slow'), tool('talk')],
    resources: [{ uri: 'file:///a', name: 'a' }],
    ...options,
    handlers: {
      'tools/call echo': (params) => ({
        ...text(JSON.stringify(params)),
        structuredContent: { n: 1 },
        vendor: [1],
      }),
      'tools/call slow': (_params, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({}))),
      'tools/call talk': (_params, { progress, sink }) => {
        progress(1);
        sink.notify('notifications/message', { level: 'info', data: 'half way' });
        sink.notify('notifications/message', { level: 'debug', data: 'details' });
        progress(2);
        return text('done');
      },
      'resources/read': (params) => ({ contents: [{ uri: params['uri'], text: 'A' }] }),
      ...options.handlers,
    },
  });
  const catalog = new MemoryCatalog(upstream, serve.paged);
  const served = await serveGateway(catalog, serve);
  open.push(served);
  return { upstream, catalog, ...served };
}

describe('a request of 2026-07-28', () => {
  it('is forwarded with the hop’s own members taken off, and its result comes back as it was', async () => {
    const { url, upstream } = await setUp();
    const meta = modernMeta(
      { roots: {} },
      { progressToken: 'p', traceparent: '00-ab', 'vendor.example/x': 1, 'io.modelcontextprotocol/other': 1 },
    );
    const answer = await modern(url, 'tools/call', {
      id: 'q"ü',
      params: { name: 'echo', arguments: { a: [1] } },
      meta,
    });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.messages[0]).toMatchObject({
      id: 'q"ü',
      result: { structuredContent: { n: 1 }, vendor: [1] },
    });
    const kept = { traceparent: '00-ab', 'vendor.example/x': 1 };
    expect(upstream.requests).toEqual([
      {
        method: 'tools/call',
        params: { name: 'echo', arguments: { a: [1] }, _meta: kept },
        progressToken: 'p',
      },
    ]);
  });

  it('becomes an event stream when something precedes the answer; logs come only at the level asked for', async () => {
    const { url } = await setUp();
    const meta = modernMeta({}, { progressToken: 9, 'io.modelcontextprotocol/logLevel': 'info' });
    const answer = await modern(url, 'tools/call', { params: { name: 'talk' }, meta });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    expect(
      answer.messages.map(({ method, params, id }) => [
        method ?? id,
        params?.['progress'] ?? params?.['data'],
      ]),
    ).toEqual([
      ['notifications/progress', 1],
      ['notifications/message', 'half way'],
      ['notifications/progress', 2],
      [1, undefined],
    ]);
    const quiet = await modern(url, 'tools/call', { params: { name: 'talk' } });
    expect(quiet.messages.map(({ method }) => method)).toEqual([undefined]);
  });

  it('honours a client that reads only one of the two kinds of answer', async () => {
    const { url } = await setUp();
    const meta = modernMeta({}, { progressToken: 9 });
    const json = await modern(url, 'tools/call', {
      params: { name: 'talk' },
      meta,
      headers: { accept: 'application/json' },
    });
    expect([json.headers['content-type'], json.messages.length]).toEqual(['application/json', 1]);
    const events = await modern(url, 'tools/list', { headers: { accept: 'text/event-stream' } });
    expect([events.headers['content-type'], events.messages.length]).toEqual(['text/event-stream', 1]);
    expect((await modern(url, 'tools/list', { headers: { accept: 'text/html' } })).status).toBe(406);
  });

  it('is cancelled by closing the response', async () => {
    const { url, upstream } = await setUp();
    const request = modernRequest('tools/call', { params: { name: 'slow' } });
    await expect(fetchAndLeave(url, request)).resolves.toBeUndefined();
    await expect.poll(() => upstream.cancelled).toHaveLength(1);
  });

  it('gets lists, discovery and errors in the form of its era', async () => {
    const { url } = await setUp();
    const list = await modern(url, 'tools/list');
    const stamp = { 'io.modelcontextprotocol/serverInfo': { name: 'counterpart', version: '0.0.0-test' } };
    expect(list.messages[0]?.result).toMatchObject({
      resultType: 'complete',
      cacheScope: 'private',
      ttlMs: 0,
      _meta: stamp,
    });
    expect(list.messages[0]?.result?.['tools']).toMatchObject([
      { name: 'echo', 'x-vendor': { kept: true } },
      {},
      {},
    ]);
    const discovered = await modern(url, 'server/discover');
    expect(discovered.messages[0]?.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: expect.arrayContaining(['2026-07-28']) as unknown,
      instructions: 'Many servers behind one address.\n\nUse it well.',
      capabilities: { tools: { listChanged: true } },
      _meta: stamp,
    });
    const unknown = await modern(url, 'tools/call', { params: { name: 'ecko' } });
    expect([unknown.status, unknown.messages[0]?.error]).toMatchObject([
      200,
      {
        code: -32602,
        message: 'Unknown tool: ecko. Did you mean echo, slow?',
        data: { code: 'TOOL_UNKNOWN' },
      },
    ]);
  });

  it.each([
    ['ping', 404, -32601],
    ['initialize', 404, -32601],
    ['no/such', 404, -32601],
  ])('is answered %s with %i and %i', async (method, status, code) => {
    const { url } = await setUp();
    const answer = await modern(url, method);
    expect([answer.status, answer.messages[0]?.id, answer.messages[0]?.error?.code]).toEqual([
      status,
      1,
      code,
    ]);
  });

  it.each([
    ['a header that differs from the body', { headers: { 'mcp-method': 'tools/call' } }, -32020],
    ['a missing method header', { headers: { 'mcp-method': [] } }, -32020],
    ['another version in the header', { headers: { 'mcp-protocol-version': '2025-11-25' } }, -32020],
    ['no metadata', { meta: {} }, -32602],
    ['no capabilities', { meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } }, -32602],
  ])('is refused with 400 for %s', async (_what, call, code) => {
    const { url } = await setUp();
    const answer = await modern(url, 'tools/list', call);
    expect([answer.status, answer.messages[0]?.id, answer.messages[0]?.error?.code]).toEqual([400, 1, code]);
  });

  it('of a version that is not spoken learns which are', async () => {
    const { url } = await setUp();
    const meta = modernMeta({}, { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' });
    const answer = await modern(url, 'tools/list', {
      meta,
      headers: { 'mcp-protocol-version': '2099-01-01' },
    });
    expect([answer.status, answer.messages[0]?.error]).toMatchObject([
      400,
      {
        code: -32022,
        data: { requested: '2099-01-01', supported: expect.arrayContaining(['2026-07-28']) as unknown },
      },
    ]);
  });

  it('finds neither sessions nor streams: GET and DELETE are not allowed, notifications are taken', async () => {
    const { url } = await setUp();
    expect((await send(url, { method: 'GET' })).status).toBe(405);
    expect((await send(url, { method: 'DELETE' })).status).toBe(405);
    const body = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { _meta: modernMeta() },
    });
    expect((await send(url, { body })).status).toBe(202);
  });

  it('gets a missing resource and a bad cursor as invalid parameters', async () => {
    const { url } = await setUp({}, { paged: true });
    const missing = await modern(url, 'resources/read', { params: { uri: 'file:///zzz' } });
    expect(missing.messages[0]?.error).toMatchObject({ code: -32602, data: { uri: 'file:///zzz' } });
    const first = await modern(url, 'tools/list');
    expect(first.messages[0]?.result).toMatchObject({ nextCursor: 'at-1', tools: [{ name: 'echo' }] });
    const bad = await modern(url, 'tools/list', { params: { cursor: 'nonsense' } });
    expect(bad.messages[0]?.error?.code).toBe(-32602);
  });

  it('gets what a legacy server answers, completed', async () => {
    const { url } = await setUp({ era: 'legacy' });
    const read = await modern(url, 'resources/read', { params: { uri: 'file:///a' } });
    expect(read.messages[0]?.result).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      contents: [{ uri: 'file:///a', text: 'A' }],
    });
  });
});

/** Sends a request and closes its connection before the answer. */
async function fetchAndLeave(url: string, request: ReturnType<typeof modernRequest>): Promise<void> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const headers = {
    ...request.headers,
    'content-type': 'application/json',
    'content-length': request.body?.length,
    host: 'x',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  await new Promise<void>((resolve) =>
    socket.write(`POST /mcp HTTP/1.1\r\n${head.join('')}\r\n${String(request.body)}`, () => resolve()),
  );
  await new Promise((resolve) => setTimeout(resolve, 50)); // the answer is a silence: there is no event to wait for
  socket.destroy();
}

describe('subscriptions/listen', () => {
  const listen = (url: string, notifications: object) =>
    stream(url, modernRequest('subscriptions/listen', { id: 'sub-1', params: { notifications } }));

  it('acknowledges what it grants first, then tells only that, and ends with a result', async () => {
    const { url, catalog, upstream, gateway } = await setUp();
    const wanted = { toolsListChanged: true, resourceSubscriptions: ['file:///a', 'file:///unknown'] };
    const listening = await listen(url, wanted);
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'sub-1' };
    expect(await listening.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['file:///a'] }, _meta },
    });
    expect(upstream.subscribed).toEqual(['file:///a']);
    catalog.change({ prompts: true });
    catalog.change({ tools: true });
    expect(await listening.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta },
    });
    catalog.updateResource('file:///other');
    catalog.updateResource('file:///a');
    expect(await listening.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'file:///a', _meta },
    });
    await gateway.close();
    expect(await listening.next()).toMatchObject({ id: 'sub-1', result: { resultType: 'complete', _meta } });
    await listening.ended;
    expect(upstream.subscribed).toEqual([]);
  });

  it('gives its place back when the client leaves', async () => {
    const { url, upstream } = await setUp({}, { limits: { maxListens: 1 } });
    const first = await listen(url, { resourceSubscriptions: ['file:///a'] });
    await first.next();
    expect((await modern(url, 'subscriptions/listen', { params: { notifications: {} } })).status).toBe(503);
    first.close();
    await expect.poll(() => upstream.subscribed).toEqual([]);
    const second = await listen(url, {});
    expect(await second.next()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
  });
});

describe('a session of 2025-11-25', () => {
  it.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    'begins in the version the client asks for: %s',
    async (version) => {
      const { url, gateway } = await setUp();
      const session = await RawSession.open(url, {}, version);
      expect(session.hello.result).toMatchObject({
        protocolVersion: version,
        serverInfo: { name: 'counterpart' },
        capabilities: { tools: {} },
      });
      expect(session.id).toMatch(/^[\x21-\x7e]+$/);
      expect(gateway.sessions()).toBe(1);
    },
  );

  it('is offered the newest version with a handshake instead of one it cannot have', async () => {
    const { url } = await setUp();
    expect((await RawSession.open(url, {}, '2026-07-28')).hello.result).toMatchObject({
      protocolVersion: '2025-11-25',
    });
  });

  it('is required, known by its address, and ends with DELETE', async () => {
    const { url } = await setUp();
    const session = await RawSession.open(url);
    expect((await session.call('ping')).messages[0]?.result).toEqual({});
    const bare = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect((await send(url, { body: bare })).status).toBe(400);
    expect((await send(`${url}/s/memory`, { body: bare, headers: session.headers })).status).toBe(404);
    expect(
      (
        await session.post(
          { jsonrpc: '2.0', id: 1, method: 'ping' },
          { 'mcp-protocol-version': '1999-01-01' },
        )
      ).status,
    ).toBe(400);
    expect((await send(url, { method: 'DELETE', headers: session.headers })).status).toBe(200);
    expect((await session.call('ping')).status).toBe(404);
  });

  it('relays calls, errors and progress, with nothing of the other era in the results', async () => {
    const { url } = await setUp({ era: 'legacy' });
    const session = await RawSession.open(url);
    const answer = await session.call('tools/call', { name: 'talk', _meta: { progressToken: 't' } });
    expect(answer.messages.map(({ method }) => method)).toEqual([
      'notifications/progress',
      'notifications/message',
      'notifications/message',
      'notifications/progress',
      undefined,
    ]);
    expect(answer.messages.at(-1)?.result).toEqual(text('done'));
    expect((await session.call('resources/read', { uri: 'file:///none' })).messages[0]?.error?.code).toBe(
      -32002,
    );
    expect((await session.call('no/such')).messages[0]?.error?.code).toBe(-32601);
    expect((await session.call('tools/list')).messages[0]?.result).not.toHaveProperty('ttlMs');
  });

  it('filters log messages by the level it set', async () => {
    const { url } = await setUp({ era: 'legacy' });
    const session = await RawSession.open(url);
    expect((await session.call('logging/setLevel', { level: 'nonsense' })).messages[0]?.error?.code).toBe(
      -32602,
    );
    expect((await session.call('logging/setLevel', { level: 'info' })).messages[0]?.result).toEqual({});
    const answer = await session.call('tools/call', { name: 'talk' });
    expect(answer.messages.map(({ params }) => params?.['level'])).toEqual(['info', undefined]);
  });

  it('cancels with a notification and not by leaving', async () => {
    const { url, upstream } = await setUp();
    const session = await RawSession.open(url);
    const call = session.call('tools/call', { name: 'slow' }, 'c1');
    await expect.poll(() => upstream.requests).toHaveLength(1);
    await session.notify('notifications/cancelled', { requestId: 'c1', reason: 'enough' });
    expect((await call).status).toBe(202);
    expect(upstream.cancelled).toEqual(['enough']);
    const left = stream(url, {
      headers: session.headers,
      body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'slow' } }),
    });
    left.catch(() => {});
    await expect.poll(() => upstream.requests).toHaveLength(2);
    expect(upstream.cancelled).toHaveLength(1);
  });

  it('has one stream of its own for what belongs to no request', async () => {
    const { url, catalog, upstream } = await setUp();
    const session = await RawSession.open(url);
    const own = await stream(url, { method: 'GET', headers: session.headers });
    expect((await send(url, { method: 'GET', headers: session.headers })).status).toBe(409);
    await session.call('resources/subscribe', { uri: 'file:///a' });
    catalog.change({ tools: true, resources: true });
    catalog.updateResource('file:///a');
    const heard = [await own.next(), await own.next(), await own.next()].map(({ method }) => method);
    expect(heard.toSorted(compareText)).toEqual([
      'notifications/resources/list_changed',
      'notifications/resources/updated',
      'notifications/tools/list_changed',
    ]);
    upstream.emit('log-message', { level: 'error', data: 'server-wide' });
    expect(await own.next()).toMatchObject({
      method: 'notifications/message',
      params: { data: 'server-wide' },
    });
    await session.call('resources/unsubscribe', { uri: 'file:///a' });
    expect(upstream.subscribed).toEqual([]);
  });

  it('is asked what a server wants to know, on the stream of the call', async () => {
    const { url } = await setUp({
      era: 'legacy',
      handlers: {
        'tools/call slow': async (_params, { sink, signal }) =>
          text(JSON.stringify(await sink.ask('elicitation/create', { message: '?' }, signal))),
      },
    });
    const session = await RawSession.open(url, { elicitation: {} });
    const calling = await stream(url, {
      headers: session.headers,
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'slow' } }),
    });
    const question = await calling.next();
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: '?' } });
    await session.post({ jsonrpc: '2.0', id: question.id, result: { action: 'decline' } });
    expect((await calling.next()).result).toEqual(text('{"action":"decline"}'));
  });

  it('is asked for a modern server what that wants to know, and the call goes on', async () => {
    const { url, upstream } = await setUp({
      era: 'modern',
      handlers: {
        'tools/call slow': (params) =>
          params['inputResponses'] === undefined
            ? {
                resultType: 'input_required',
                requestState: 's1',
                inputRequests: { q: { method: 'elicitation/create', params: { message: '?' } } },
              }
            : { resultType: 'complete', ...text(JSON.stringify(params['inputResponses'])) },
      },
    });
    const session = await RawSession.open(url, { elicitation: {} });
    const calling = await stream(url, {
      headers: session.headers,
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'slow' } }),
    });
    const question = await calling.next();
    await session.post({ jsonrpc: '2.0', id: question.id, result: { action: 'accept' } });
    expect((await calling.next()).result).toMatchObject(text('{"q":{"action":"accept"}}'));
    expect(upstream.requests[1]?.params).toMatchObject({ name: 'slow', requestState: 's1' });
  });

  it('may send batches in 2025-03-26 and in no other version', async () => {
    const { url } = await setUp();
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo' } },
      { nonsense: true },
    ];
    const old = await RawSession.open(url, {}, '2025-03-26');
    const answer = await old.post(batch, { 'mcp-protocol-version': '2025-03-26' });
    const members = JSON.parse(answer.text) as { id: unknown }[];
    expect(new Set(members.map(({ id }) => id))).toEqual(new Set([1, 2, null]));
    const current = await RawSession.open(url);
    expect((await current.post(batch)).status).toBe(400);
    expect((await old.post([])).status).toBe(400);
  });
});

describe('garbage', () => {
  it.each([
    ['text', '{"jsonrpc"', {}, 400, -32700],
    ['another content type', '{}', { 'content-type': 'text/plain' }, 415, -32600],
    ['a body that is too large', JSON.stringify({ pad: 'x'.repeat(2_000) }), {}, 413, -32600],
    ['a number', '7', {}, 400, -32600],
    ['an empty body', '', {}, 400, -32700],
    ['brackets a hundred thousand deep', '[]', {}, 400, -32600],
  ])('%s is refused and the next request served', async (...[what, body, headers, status, code]) => {
    const { url } = await setUp(
      {},
      { limits: { maxBodyBytes: what.startsWith('brackets') ? 1_000_000 : 1_000 } },
    );
    const deep = what.startsWith('brackets') ? '['.repeat(100_000) + ']'.repeat(100_000) : body;
    const answer = await send(url, { body: deep, headers });
    expect([answer.status, answer.messages[0]?.error?.code]).toEqual([status, code]);
    expect((await modern(url, 'tools/list')).status).toBe(200);
  });

  it('nested arguments deeper than any real ones do not bring the hub down', async () => {
    const { url } = await setUp();
    const nested = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
    const meta = JSON.stringify(modernMeta());
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","_meta":${meta},"arguments":${nested}}}`;
    const answer = await send(url, { ...modernRequest('tools/call', { params: { name: 'echo' } }), body });
    expect(answer.messages[0]?.error).toBeDefined();
    expect((await modern(url, 'tools/list')).status).toBe(200);
  });

  it('a client that leaves in the middle of its request is forgotten', async () => {
    const { url, port } = await setUp();
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) =>
      socket.write(
        'POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half',
        () => resolve(),
      ),
    );
    socket.destroy();
    expect((await modern(url, 'tools/list')).status).toBe(200);
  });

  it('a server that is not there is not found, whatever is asked of it', async () => {
    const { url } = await setUp();
    const answer = await modern(`${url}/s/nobody`, 'tools/list');
    expect([answer.status, answer.messages[0]?.error?.data?.['code']]).toEqual([404, 'SERVER_UNKNOWN']);
  });
});
