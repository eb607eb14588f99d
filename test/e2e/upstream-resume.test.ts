import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { InMemoryEventStore } from '@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../hub/src/kernel/clock.ts';
import type { JsonMembers } from '../../hub/src/kernel/ports.ts';
import { HttpWire } from '../../hub/src/upstream/http/http-wire.ts';
import { OwnStream } from '../../hub/src/upstream/http/own-stream.ts';
import { Bench, call, LEGACY_CALLER, textOf } from './upstream-harness.ts';
import { closeServers, listen, sendJson, type Handler } from '../fixtures/upstream/http-servers.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(async () => {
  await bench.close();
  await closeServers();
});

/** Something that happens once, and can be waited for. */
function occasion(): { readonly happened: Promise<void>; readonly happen: () => void } {
  let happen: () => void = () => undefined;
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}

const HELLO = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: { listChanged: true } },
  serverInfo: { name: 'raw', version: '1' },
};
const answer = (id: unknown, result: JsonMembers): string => JSON.stringify({ jsonrpc: '2.0', id, result });
const said = (text: string): JsonMembers => ({ content: [{ type: 'text', text }] });

interface Parts {
  readonly call?: (response: ServerResponse, id: unknown, request: IncomingMessage) => void | Promise<void>;
  readonly stream?: (response: ServerResponse, request: IncomingMessage) => void;
  readonly hello?: () => Promise<void>;
  readonly told?: (response: ServerResponse, method: unknown) => void | Promise<void>;
  readonly tools?: () => JsonMembers[];
}

/** A server of 2025-11-25 with one session, in parts that a test replaces. */
const legacyRaw = (parts: Parts): Handler & { sessions: string[] } => {
  const sessions: string[] = [];
  const handle: Handler = async (request, response, { id, method }) => {
    if (request.method === 'GET')
      return parts.stream ? parts.stream(response, request) : void response.writeHead(405).end();
    if (request.method !== 'POST') return void response.writeHead(200).end();
    if (method === 'initialize') {
      await parts.hello?.();
      sessions.unshift(randomUUID());
      return sendJson(
        response,
        200,
        { jsonrpc: '2.0', id, result: HELLO },
        { 'mcp-session-id': String(sessions[0]) },
      );
    }
    if (method === 'server/discover')
      return sendJson(response, 200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } });
    const named = request.headers['mcp-session-id'];
    if (named === undefined) return void response.writeHead(400).end('no session');
    if (named !== sessions[0]) return void response.writeHead(404).end();
    if (id === undefined)
      return parts.told ? parts.told(response, method) : void response.writeHead(202).end();
    if (method === 'tools/list')
      return sendJson(response, 200, { jsonrpc: '2.0', id, result: { tools: parts.tools?.() ?? [] } });
    if (parts.call) return parts.call(response, id, request);
    sendJson(response, 200, { jsonrpc: '2.0', id, result: said('done') });
  };
  return Object.assign(handle, { sessions });
};

const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

test('a server of the SDK may close the stream of a call, and its client comes back for the answer', async () => {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const came: unknown[] = [];
  const resumed = occasion();
  const url = await listen(async (request, response, body) => {
    const last = request.headers['last-event-id'];
    if (last !== undefined) resumed.happen();
    if (request.method === 'GET') came.push(last === undefined ? 'listens' : 'comes back');
    const known = transports.get(String(request.headers['mcp-session-id']));
    if (known) return known.handleRequest(request, response, request.method === 'POST' ? body : undefined);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new InMemoryEventStore(),
      retryInterval: 1,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    const server = new McpServer({ name: 'polled', version: '1' });
    server.registerTool('long', {}, async ({ closeSSEStream }) => {
      closeSSEStream?.();
      await resumed.happened;
      return { content: [{ type: 'text', text: 'after all' }] };
    });
    await server.connect(transport);
    return transport.handleRequest(request, response, body);
  });
  const result = await call(bench.remote(url), 'long', {}, { caller: LEGACY_CALLER });
  expect([textOf(result), came]).toEqual(['after all', expect.arrayContaining(['comes back'])]);
});

test('a stream that breaks is taken up where it was, with what a server says meanwhile', async () => {
  const asked: unknown[] = [];
  let idOfCall: unknown;
  const handle = legacyRaw({
    call: (response, id) => {
      idOfCall = id;
      stream(response).write('retry: 0\nid: one\ndata:\n\nid: half\ndata: {"json', () => response.destroy());
    },
    stream: (response, request) => {
      const last = request.headers['last-event-id'];
      if (last === undefined) return void response.writeHead(405).end();
      asked.push(last);
      if (asked.length === 1) return void response.writeHead(503).end();
      const note = { progressToken: idOfCall, progress: 1 };
      const progress = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params: note });
      if (asked.length === 2) return void stream(response).end(`id: two\ndata: ${progress}\n\n`);
      stream(response).end(`id: three\ndata: ${answer(idOfCall, said('whole'))}\n\n`);
    },
  });
  const progress: unknown[] = [];
  const result = await call(
    bench.remote(await listen(handle)),
    'x',
    {},
    {
      caller: LEGACY_CALLER,
      progressToken: 'p',
      notify: (_method, params) => progress.push(params),
    },
  );
  expect([textOf(result), asked, progress]).toEqual([
    'whole',
    ['one', 'one', 'two'],
    [{ progressToken: 'p', progress: 1 }],
  ]);
});

test('a server that knows nothing of the place fails the call, as one that named none', async () => {
  let names = 'id: one\ndata:\n\nretry: 0\n\n';
  const handle = legacyRaw({ call: (response) => void stream(response).end(names) });
  const upstream = bench.remote(await listen(handle));
  const refused = await call(upstream, 'x');
  names = ': nothing\n\n';
  const lost = await call(upstream, 'x');
  expect([refused.failure, refused.detail, lost.failure]).toEqual([
    'UPSTREAM_UNREACHABLE',
    expect.stringContaining('HTTP 405'),
    'UPSTREAM_LOST',
  ]);
});

test('a call that is given up after its stream was taken up closes it', async () => {
  const back = occasion();
  const left = occasion();
  const handle = legacyRaw({
    call: (response) => void stream(response).end('retry: 0\nid: one\ndata:\n\n'),
    stream: (response, request) => {
      if (request.headers['last-event-id'] === undefined) return void response.writeHead(405).end();
      response.on('close', left.happen);
      stream(response).write(': here\n\n');
      back.happen();
    },
  });
  const abort = new AbortController();
  void call(bench.remote(await listen(handle)), 'x', {}, { signal: abort.signal });
  await back.happened;
  abort.abort();
  await expect(left.happened).resolves.toBeUndefined();
});

test('a call that is given up before its stream is taken up asks for nothing any more', async () => {
  const came: unknown[] = [];
  const handle = legacyRaw({
    call: (response) => void stream(response).end('retry: 40000\nid: one\ndata:\n\n'),
    stream: (response, request) => {
      came.push(request.headers['last-event-id']);
      response.writeHead(405).end();
    },
  });
  const pausing = occasion();
  let elapse: (() => void) | undefined;
  const clock: Clock = {
    now: () => systemClock.now(),
    after(delayMs, task) {
      if (delayMs !== 40_000) return systemClock.after(delayMs, task);
      elapse = task;
      pausing.happen();
      return () => (elapse = undefined);
    },
  };
  const abort = new AbortController();
  const upstream = bench.remote(await listen(handle), { clock });
  void call(upstream, 'x', {}, { signal: abort.signal });
  await pausing.happened;
  abort.abort();
  elapse?.();
  // What was asked for by then has come when this is answered.
  await upstream.refresh();
  expect([elapse, came]).toEqual([undefined, [undefined]]);
});

test('nothing overtakes the word that the handshake is over', async () => {
  const order: unknown[] = [];
  const listed = occasion();
  const handle = legacyRaw({
    told: async (response, method) => {
      // Long enough for what would overtake it.
      await Promise.race([listed.happened, setTimeout(100)]);
      order.push(method);
      response.writeHead(202).end();
    },
    tools: () => {
      order.push('tools/list');
      listed.happen();
      return [];
    },
  });
  await bench.remote(await listen(handle)).refresh();
  expect(order).toEqual(['notifications/initialized', 'tools/list']);
});

test('calls made while a session is being renewed wait for it', async () => {
  const renewing = occasion();
  const go = occasion();
  let hellos = 0;
  const handle = legacyRaw({
    hello: async () => {
      hellos += 1;
      if (hellos === 1) return;
      renewing.happen();
      await go.happened;
    },
  });
  const upstream = bench.remote(await listen(handle));
  await call(upstream, 'x');
  handle.sessions[0] = 'forgotten';
  const first = call(upstream, 'x');
  await renewing.happened;
  const second = call(upstream, 'x');
  go.happen();
  expect([textOf(await first), textOf(await second), hellos]).toEqual(['done', 'done', 2]);
});

test('a server’s own stream is asked for again when it is refused for a while, from where it was', async () => {
  const came: unknown[] = [];
  let tools = ['first'];
  const change = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  const handle = legacyRaw({
    tools: () => tools.map((name) => ({ name, inputSchema: { type: 'object' } })),
    stream: (response, request) => {
      came.push(request.headers['last-event-id']);
      if (came.length === 1) return void stream(response).end('retry: 0\nid: one\ndata:\n\n');
      if (came.length === 2) return void response.writeHead(503).end();
      tools = ['first', 'second'];
      stream(response).write(`id: two\ndata: ${change}\n\n`);
    },
  });
  const upstream = bench.remote(await listen(handle));
  const changed = new Promise<number>((resolve) => {
    upstream.on('lists-changed', (lists) => lists.tools.length === 2 && resolve(lists.tools.length));
  });
  await upstream.refresh();
  expect([await changed, came]).toEqual([2, [undefined, 'one', 'one']]);
});

test('a renewed session has one stream of its own', async () => {
  const open = new Set<ServerResponse>();
  const third = occasion();
  let streams = 0;
  const handle = legacyRaw({
    stream: (response) => {
      streams += 1;
      open.add(response);
      response.on('close', () => open.delete(response));
      stream(response).write('retry: 0\n\n');
      if (streams === 2) response.end('retry: 300\n\n');
      if (streams === 3) third.happen();
    },
  });
  const upstream = bench.remote(await listen(handle));
  await call(upstream, 'x');
  handle.sessions[0] = 'forgotten';
  await call(upstream, 'x');
  const since = Date.now();
  await third.happened;
  // One that the first had left behind would have come sooner.
  expect([Date.now() - since > 250, open.size]).toEqual([true, 1]);
});

test('a stream that another one replaced is not asked for again', async () => {
  const came = [occasion(), occasion()];
  const gone = occasion();
  const url = await listen((_, response) => {
    response.on('close', gone.happen);
    stream(response).write(': here\n\n');
    came.shift()?.happen();
  });
  const [first, second] = came;
  let waits = 0;
  const clock: Clock = { now: () => 0, after: () => ((waits += 1), () => undefined) };
  const peer = { server: 'raw', url: new URL(url), agent: new Agent(), redact: (text: string) => text };
  const hooks = { clock, renew: () => Promise.resolve(), unreachable: () => undefined };
  const own = new OwnStream({ clock, wire: new HttpWire(peer, {}, hooks), message: () => undefined });
  own.open();
  await first?.happened;
  own.open();
  await Promise.all([gone.happened, second?.happened]);
  expect(waits).toBe(0);
  own.close();
});

test('a byte order mark before a body or a stream is passed over', async () => {
  const handle = legacyRaw({
    call: (response, id) => void stream(response).end(`\ufeffdata: ${answer(id, said('stream'))}\n\n`),
  });
  const url = await listen((request, response, body) => {
    const end = response.end.bind(response);
    if (body['method'] === 'initialize')
      response.end = ((text: string) => end(`\ufeff${text}`)) as typeof response.end; // what some frameworks do
    return handle(request, response, body);
  });
  expect(textOf(await call(bench.remote(url), 'x'))).toBe('stream');
});
