import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { closeGateways, setUp } from '../fixtures/gateway/http-rig.ts';
import { modern, modernMeta, modernRequest, send } from '../fixtures/gateway/raw-client.ts';

afterEach(closeGateways);

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

  it.each(['2025-11-25', '2024-11-05'])(
    'of %s, which is spoken in sessions, learns how to begin one and what it can be repeated with',
    async (version) => {
      const { url } = await setUp();
      const meta = modernMeta({}, { 'io.modelcontextprotocol/protocolVersion': version });
      const headers = { 'mcp-protocol-version': version };
      const answer = await modern(url, 'tools/list', { meta, headers });
      expect([answer.status, answer.messages[0]?.error]).toMatchObject([
        400,
        {
          code: -32022,
          message: expect.stringMatching(
            /only in a session: begin one with initialize .*2026-07-28$/,
          ) as unknown,
          data: { requested: version, supported: ['2026-07-28'] },
        },
      ]);
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
      const bare = await send(url, { headers, body });
      expect([bare.status, bare.messages[0]?.error]).toMatchObject([
        400,
        {
          code: -32600,
          message: expect.stringMatching(
            /begin a session with initialize .*, or name 2026-07-28 in/,
          ) as unknown,
        },
      ]);
    },
  );

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

describe('what clients rarely write', () => {
  const ask = (id: string): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo","arguments":{},"_meta":${JSON.stringify(modernMeta({}))}}}`;
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };

  it.each(['9007199254740993', '-9223372036854775808', '1.5', '""', '"9"'])(
    'is answered under its own id %s',
    async (id) => {
      const { url } = await setUp();
      const { text } = await send(url, { headers, body: ask(id) });
      expect(text).toMatch(new RegExp(`"id":${id}[,}]`));
    },
  );

  it('is read whatever the case of the types it accepts', async () => {
    const { url } = await setUp();
    const accept = 'Application/JSON, Text/Event-Stream';
    expect((await send(url, { headers: { ...headers, accept }, body: ask('1') })).status).toBe(200);
  });

  it('is refused for what it is when it is compressed', async () => {
    const { url } = await setUp();
    const body = gzipSync(ask('1'));
    const answer = await send(url, { headers: { ...headers, 'content-encoding': 'gzip' }, body });
    expect([answer.status, answer.messages[0]?.error?.message]).toEqual([
      415,
      expect.stringContaining('content encoding'),
    ]);
  });
});
