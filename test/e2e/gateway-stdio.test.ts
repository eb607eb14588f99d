import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, describe, expect, it } from 'vitest';
import { runStdioShim } from '../../clients/connect/stdio.ts';
import { LineClient } from '../fixtures/gateway/line-client.ts';
import { MemoryCatalog } from '../fixtures/gateway/memory-catalog.ts';
import { MemoryUpstream, type MemoryOptions } from '../fixtures/gateway/memory-upstream.ts';
import { modernMeta } from '../fixtures/gateway/raw-client.ts';
import { serveGateway } from '../fixtures/gateway/serve-gateway.ts';

const SHIM = new URL('../fixtures/gateway/shim.ts', import.meta.url).pathname;
const inputSchema = {
  type: 'object' as const,
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
};
const text = (value: string): object => ({ content: [{ type: 'text', text: value }] });
const ALL = { kind: 'all' } as const;

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function setUp(options: MemoryOptions = {}, limits: { maxBodyBytes?: number } = {}, lines = false) {
  const upstream = new MemoryUpstream({
    tools: ['echo', 'slow', 'ask', 'count'].map((name) => ({ name, inputSchema })),
    resources: [{ uri: 'file:///größe', name: 'a' }],
    era: 'legacy',
    ...options,
    handlers: {
      'tools/call echo': (params) => text(JSON.stringify(params['arguments'])),
      'tools/call slow': (_params, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({}))),
      'tools/call ask': async (_params, { sink, signal }) =>
        text(JSON.stringify(await sink.ask('elicitation/create', { message: '?' }, signal))),
      'tools/call count': (_params, call) => {
        call.progress(1);
        return text('counted');
      },
      'resources/read': (params) => ({ contents: [{ uri: params['uri'], text: 'A' }] }),
    },
  });
  const catalog = new MemoryCatalog(upstream);
  const served = await serveGateway(catalog, { limits, lines });
  cleanUp.push(() => served.close());
  return { upstream, catalog, served };
}

/** A client on the gateway's own stdio, or through the shim and HTTP: what it sees must be the same. */
const ways = ['the gateway itself', 'the shim', 'the shim over HTTP'] as const;

describe.each(ways)('a client on standard input and output of %s', (way) => {
  async function connect(options: MemoryOptions = {}, limits: { maxBodyBytes?: number } = {}) {
    const made = await setUp(options, limits, way === 'the shim');
    const client = new LineClient();
    const { input, output } = client;
    const closed =
      way === 'the gateway itself'
        ? made.served.gateway.connectStdio({ input, output }, ALL).closed
        : runStdioShim({ url: made.served.url, input, output });
    cleanUp.push(() => {
      client.end();
      return closed;
    });
    return { ...made, client, closed };
  }

  it('is served in the stateless era, also with names that no header can carry', async () => {
    const { client } = await connect();
    const _meta = modernMeta();
    expect((await client.request(1, 'server/discover', { _meta })).result).toMatchObject({
      resultType: 'complete',
    });
    expect((await client.request(2, 'tools/list', { _meta })).result).toMatchObject({
      tools: [{ name: 'echo' }, {}, {}, {}],
    });
    const called = await client.request('x', 'tools/call', {
      name: 'echo',
      arguments: { region: ' eu ü ' },
      _meta,
    });
    expect(called.result).toMatchObject({ resultType: 'complete', ...text('{"region":" eu ü "}') });
    expect((await client.request(3, 'resources/read', { uri: 'file:///größe', _meta })).result).toMatchObject(
      { contents: [{ text: 'A' }] },
    );
    expect((await client.request(4, 'no/such', { _meta })).error?.code).toBe(-32601);
  });

  it('is served in a session, with everything that comes unasked', async () => {
    const { client, catalog, upstream } = await connect();
    expect((await client.initialize({ elicitation: {} })).result).toMatchObject({
      protocolVersion: '2025-11-25',
    });
    expect((await client.request(1, 'ping')).result).toEqual({});
    const counted = client.request(2, 'tools/call', { name: 'count', _meta: { progressToken: 't' } });
    expect((await client.notification('notifications/progress')).params).toMatchObject({
      progressToken: 't',
      progress: 1,
    });
    expect((await counted).result).toEqual(text('counted'));
    const asked = client.request(3, 'tools/call', { name: 'ask' });
    const question = await client.notification('elicitation/create');
    client.send({ id: question.id, result: { action: 'cancel' } });
    expect((await asked).result).toEqual(text('{"action":"cancel"}'));
    await client.request(4, 'resources/subscribe', { uri: 'file:///größe' });
    // The stream for it opens beside the requests; until then nothing is heard.
    const nudge = setInterval(() => catalog.change({ tools: true }), 50);
    await client.notification('notifications/tools/list_changed');
    clearInterval(nudge);
    catalog.updateResource('file:///größe');
    expect((await client.notification('notifications/resources/updated')).params).toEqual({
      uri: 'file:///größe',
    });
    upstream.emit('log-message', { level: 'info', data: 'news' });
    expect((await client.notification('notifications/message')).params).toMatchObject({ data: 'news' });
  });

  it.each(['modern', 'legacy'] as const)('cancels a call of the %s era', async (era) => {
    const { client, upstream } = await connect();
    if (era === 'legacy') await client.initialize();
    const meta = era === 'modern' ? { _meta: modernMeta() } : {};
    client.send({ id: 'c', method: 'tools/call', params: { name: 'slow', ...meta } });
    await expect.poll(() => upstream.requests).toHaveLength(1);
    client.send({ method: 'notifications/cancelled', params: { requestId: 'c' } });
    await expect.poll(() => upstream.cancelled).toHaveLength(1);
  });

  it('hears of changes on a listen until it cancels it', async () => {
    const { client, catalog } = await connect();
    client.send({
      id: 'l',
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, _meta: modernMeta() },
    });
    await client.notification('notifications/subscriptions/acknowledged');
    catalog.change({ tools: true });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'l' };
    expect((await client.notification('notifications/tools/list_changed')).params).toEqual({ _meta });
    client.send({ method: 'notifications/cancelled', params: { requestId: 'l' } });
    expect((await client.request(2, 'tools/list', { _meta: modernMeta() })).result).toBeDefined();
  });

  it('is read however its bytes are cut', async () => {
    const { client } = await connect();
    const params = { name: 'echo', arguments: { size: 'größe ü €' }, _meta: modernMeta() };
    const calls = ['1', '"ä"', '"c"'].map(
      (id) => `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${JSON.stringify(params)}}\r\n\n`,
    );
    const bytes = Buffer.from(calls.join(''));
    for (const size of [1, 97]) {
      for (let at = 0; at < bytes.length; at += size) client.input.write(bytes.subarray(at, at + size));
      for (const id of [1, 'ä', 'c'])
        expect((await client.answer(id)).result).toMatchObject(text('{"size":"größe ü €"}'));
    }
  });

  it('gets an answer to garbage and is served on', async () => {
    const { client } = await connect({}, { maxBodyBytes: 2_000 });
    client.send('{"jsonrpc"');
    expect((await client.answer(null)).error?.code).toBe(-32700);
    const big = await Promise.race([
      client.request('big', 'tools/call', { name: 'echo', pad: 'x'.repeat(4_000), _meta: modernMeta() }),
      client.answer(null),
    ]);
    expect(big.error?.code).toBe(-32600);
    expect((await client.request(2, 'tools/list', { _meta: modernMeta() })).result).toBeDefined();
  });

  it('may send batches in 2025-03-26, and is answered in one line', async () => {
    const { client, upstream } = await connect();
    await client.initialize({ elicitation: {} }, '2025-03-26');
    const call = (id: number, name: string, more: object = {}) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name, ...more },
    });
    const count = call(2, 'count', { _meta: { progressToken: 't' } });
    const digits =
      '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"echo","arguments":{"n":9007199254740993}}}';
    const others = [{ jsonrpc: '2.0', id: 1, method: 'ping' }, count, call(3, 'ask'), { nonsense: true }];
    client.send(`[${digits},${JSON.stringify(others).slice(1)}`);
    expect((await client.notification('notifications/progress')).params).toMatchObject({ progress: 1 });
    const question = await client.notification('elicitation/create');
    client.send(JSON.stringify([{ jsonrpc: '2.0', id: question.id, result: { action: 'cancel' } }]));
    await expect.poll(() => client.batches).toHaveLength(1);
    const answers = new Map(client.batches[0]?.map((answer) => [answer.id, answer]));
    expect(new Set(answers.keys())).toEqual(new Set([1, 2, 3, 4, null]));
    expect([answers.get(1), answers.get(2), answers.get(3), answers.get(4)].map((a) => a?.result)).toEqual([
      {},
      text('counted'),
      text('{"action":"cancel"}'),
      text('{"n":9007199254740993}'),
    ]);
    client.send(JSON.stringify([call(5, 'slow')]));
    await expect.poll(() => upstream.requests).toHaveLength(4);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } };
    client.send(JSON.stringify([cancelled]));
    await expect.poll(() => upstream.cancelled).toHaveLength(1);
    // Where all of a batch was given up there is nothing to say, an empty list either.
    expect((await client.request(6, 'ping')).result).toEqual({});
    expect(client.batches).toHaveLength(1);
  });

  it('may send no batches in another version', async () => {
    const { client } = await connect();
    await client.initialize();
    client.send('[{"jsonrpc":"2.0","id":1,"method":"ping"}]');
    expect((await client.answer(null)).error?.message).toContain('batches are not part of 2025-11-25');
    expect((await client.request(2, 'ping')).result).toEqual({});
    expect(client.batches).toEqual([]);
  });

  it('ends with its input, and its call with it', async () => {
    const { client, closed, upstream } = await connect();
    await client.initialize();
    client.end();
    await closed;
    await expect.poll(() => upstream.subscribed).toEqual([]);
  });
});

it('speaks lines at the port where the socket leads nowhere', async () => {
  const { served } = await setUp({}, { maxBodyBytes: 2_000 }, true);
  const client = new LineClient();
  const { input, output } = client;
  const closed = runStdioShim({ url: served.url, socket: '/nowhere/hub.sock', input, output });
  client.send({ id: 'big', method: 'tools/call', params: { name: 'x'.repeat(4_000) } });
  // Over HTTP it would be known who asked.
  expect((await client.answer(null)).error?.code).toBe(-32600);
  client.send({ method: 'notifications/cancelled', params: { requestId: 'big' } });
  client.end();
  await closed;
});

it('stops reading its client while the hub does not read, and loses nothing', async () => {
  const hub = createServer();
  const taken = new Promise<Duplex>((resolve) => {
    hub.on('upgrade', (_, socket: Duplex) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: mcp-lines\r\n\r\n');
      resolve(socket);
    });
  });
  hub.listen(0, '127.0.0.1');
  await once(hub, 'listening');
  const address = hub.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  cleanUp.push(() => hub.close());
  const { input, output } = new LineClient();
  const closed = runStdioShim({ url: `http://127.0.0.1:${port}`, input, output });
  const socket = await taken;
  const line = Buffer.from(`{"jsonrpc":"2.0","method":"notifications/x","params":"${'x'.repeat(65_000)}"}\n`);
  let written = 0;
  while (!input.isPaused() && written < 800) {
    input.write(line);
    written += 1;
    await new Promise(setImmediate);
  }
  expect(input.isPaused()).toBe(true);
  let read = 0;
  const whole = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read === written * line.length) resolve();
    });
  });
  await whole;
  input.end();
  socket.end();
  await closed;
});

describe.each([true, false])('the stdio shim, lines offered: %s', (lines) => {
  it('goes on over a restart of the hub without the client noticing', async () => {
    const { catalog, served } = await setUp({}, {}, lines);
    const client = new LineClient();
    const closed = runStdioShim({ url: served.url, input: client.input, output: client.output });
    await client.initialize();
    await client.request(1, 'resources/subscribe', { uri: 'file:///größe' });
    await served.close();
    const again = await serveGateway(catalog, { port: served.port, lines });
    cleanUp.push(() => again.close());
    expect((await client.request('first', 'tools/list')).result).toBeDefined();
    expect((await client.request(2, 'tools/call', { name: 'echo', arguments: { n: 1 } })).result).toEqual(
      text('{"n":1}'),
    );
    expect(again.gateway.sessions()).toBe(1);
    const nudge = setInterval(() => catalog.updateResource('file:///größe'), 50);
    await client.notification('notifications/resources/updated');
    clearInterval(nudge);
    client.end();
    await closed;
    expect(again.gateway.sessions()).toBe(0);
  });

  it('says what to do when there is no hub, and starts one when it can', async () => {
    const { catalog, served } = await setUp({}, {}, lines);
    await served.close();
    const alone = new LineClient();
    const shim = runStdioShim({ url: served.url, input: alone.input, output: alone.output });
    const refused = await alone.request(1, 'tools/list', { _meta: modernMeta() });
    expect(refused.error).toMatchObject({
      code: -32603,
      message: expect.stringContaining('hub start') as unknown,
      data: { code: 'HUB_NOT_RUNNING' },
    });
    alone.end();
    await shim;
    const helped = new LineClient();
    const onLost = async (): Promise<{ url: string }> => {
      const revived = await serveGateway(catalog, { port: served.port, lines });
      cleanUp.push(() => revived.close());
      return { url: revived.url };
    };
    const second = runStdioShim({ url: served.url, input: helped.input, output: helped.output, onLost });
    expect((await helped.request(1, 'tools/list', { _meta: modernMeta() })).result).toBeDefined();
    helped.end();
    await second;
  });

  it('follows a hub that comes back at another address, sessions included', async () => {
    const { catalog, served } = await setUp({}, {}, lines);
    const client = new LineClient();
    const onLost = async (): Promise<{ url: string }> => {
      const elsewhere = await serveGateway(catalog, { lines });
      cleanUp.push(() => elsewhere.close());
      return { url: elsewhere.url };
    };
    const shim = runStdioShim({ url: served.url, input: client.input, output: client.output, onLost });
    await client.initialize();
    await served.close();
    // A call that meets the very end of the connection is not repeated; what changes nothing is.
    await client.request('first', 'tools/list');
    const call = (id: number) => client.request(id, 'tools/call', { name: 'echo', arguments: { n: id } });
    expect([(await call(1)).result, (await call(2)).result]).toEqual([text('{"n":1}'), text('{"n":2}')]);
    client.end();
    await shim;
  });

  it('fails the call that was under way when the hub ended, and sends it nowhere again', async () => {
    const { catalog, served, upstream } = await setUp({}, {}, lines);
    const client = new LineClient();
    const shim = runStdioShim({ url: served.url, input: client.input, output: client.output });
    await client.initialize();
    const calls = () => upstream.requests.filter(({ method }) => method === 'tools/call');
    client.send({ id: 's', method: 'tools/call', params: { name: 'slow' } });
    await expect.poll(calls).toHaveLength(1);
    await served.close();
    const { error } = await client.answer('s');
    expect(error?.message).toContain('Check before repeating');
    const again = await serveGateway(catalog, { port: served.port, lines });
    cleanUp.push(() => again.close());
    expect((await client.request('after', 'tools/list')).result).toBeDefined();
    expect(calls()).toHaveLength(1);
    client.end();
    await shim;
  });

  it('ends when it is told to', async () => {
    const { served } = await setUp({}, {}, lines);
    const { input, output } = new LineClient();
    const abort = new AbortController();
    const closed = runStdioShim({ url: served.url, input, output, signal: abort.signal });
    abort.abort();
    await expect(closed).resolves.toBeUndefined();
  });

  it('is a server like any other to both SDKs', async () => {
    const { served } = await setUp({}, {}, lines);
    const program = { command: process.execPath, args: [SHIM, served.url] };
    const modern = new ModernClient({ name: 'm', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await modern.connect(new ModernTransport(program));
    cleanUp.push(() => modern.close());
    expect(modern.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(await modern.callTool({ name: 'echo', arguments: { a: 1 } })).toMatchObject(text('{"a":1}'));
    const legacy = new LegacyClient({ name: 'l', version: '1' });
    await legacy.connect(new LegacyTransport(program));
    cleanUp.push(() => legacy.close());
    expect(await legacy.callTool({ name: 'echo', arguments: { a: 2 } })).toMatchObject(text('{"a":2}'));
    expect((await legacy.listTools()).tools).toHaveLength(4);
  });
});
