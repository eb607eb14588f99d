import { describe, expect, test } from 'vitest';
import { modernMeta, type Message } from '../testing/peer.ts';
import type { CallRequest, Offer } from './offer.ts';
import { RpcError } from './rpc.ts';
import { Session } from './session.ts';

/** A session whose `slow` tool waits until it is aborted, and what it wrote. */
function open(): { session: Session; messages: Message[]; calls: CallRequest[] } {
  const messages: Message[] = [];
  const calls: CallRequest[] = [];
  const offer: Offer = {
    info: { name: 'tiny', version: '1.0.0' },
    toolsText: async () => [Buffer.from('[{"name":"fast",'), '"inputSchema":{"type":"object"}}]'],
    async call(request) {
      calls.push(request);
      if (request.name === 'slow')
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      if (request.name === 'none') throw new RpcError(-32602, 'Unknown tool: none');
      request.progress(1, 2, 'half');
      request.progress(1);
      return { content: [{ type: 'text', text: 'done' }] };
    },
  };
  return {
    session: new Session(offer, (...line) => messages.push(JSON.parse(line.join('')) as Message)),
    messages,
    calls,
  };
}

const line = (id: number | string | undefined, method: string, params: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const modern = (id: number | string, method: string, params: object = {}): string =>
  line(id, method, { ...params, _meta: { ...modernMeta } });
const initialize = (version: string): string =>
  line(0, 'initialize', {
    protocolVersion: version,
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  });

async function answers(...lines: string[]): Promise<Message[]> {
  const { session, messages } = open();
  for (const text of lines) session.receive(text);
  await session.idle();
  return messages;
}

describe('clients of 2025-11-25 and before', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    'version %s is spoken as asked',
    async (version) => {
      const [answer] = await answers(initialize(version));
      expect(answer?.result).toEqual({
        protocolVersion: version,
        capabilities: { tools: {} },
        serverInfo: { name: 'tiny', version: '1.0.0' },
      });
    },
  );

  test.each(['2026-07-28', '1999-01-01'])(
    'version %s in a handshake gets the newest that has one',
    async (version) => {
      const [answer] = await answers(initialize(version));
      expect(answer?.result?.['protocolVersion']).toBe('2025-11-25');
    },
  );

  test('results have nothing of the later era', async () => {
    const [, list, call] = await answers(
      initialize('2025-11-25'),
      line(1, 'tools/list'),
      line(2, 'tools/call', { name: 'fast' }),
    );
    expect(list?.result).toEqual({ tools: [{ name: 'fast', inputSchema: { type: 'object' } }] });
    expect(call?.result).toEqual({ content: [{ type: 'text', text: 'done' }] });
  });

  test('ping is answered before and after the handshake', async () => {
    expect((await answers(line(1, 'ping')))[0]?.result).toEqual({});
  });
});

describe('clients of 2026-07-28', () => {
  const info = { 'io.modelcontextprotocol/serverInfo': { name: 'tiny', version: '1.0.0' } };

  test('discover says versions, capabilities and how long that holds', async () => {
    const [answer] = await answers(modern('a', 'server/discover'));
    expect(answer).toEqual({
      jsonrpc: '2.0',
      id: 'a',
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        ttlMs: 60_000,
        cacheScope: 'public',
        _meta: info,
      },
    });
  });

  test('list and call need no handshake and carry the envelope', async () => {
    const [list, call] = await answers(modern(1, 'tools/list'), modern(2, 'tools/call', { name: 'fast' }));
    expect(list?.result).toEqual({
      resultType: 'complete',
      tools: [{ name: 'fast', inputSchema: { type: 'object' } }],
      ttlMs: 60_000,
      cacheScope: 'public',
      _meta: info,
    });
    expect(call?.result).toEqual({
      resultType: 'complete',
      content: [{ type: 'text', text: 'done' }],
      _meta: info,
    });
  });

  test.each([
    ['an unknown version', { 'io.modelcontextprotocol/protocolVersion': '2030-01-01' }, -32022],
    ['missing capabilities', { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }, -32602],
    ['no envelope and no handshake', {}, -32602],
  ])('%s is refused', async (_, meta, code) => {
    const [answer] = await answers(line(1, 'tools/list', { _meta: meta }));
    expect(answer?.error?.code).toBe(code);
  });

  test('methods that were removed are unknown', async () => {
    const [ping, level] = await answers(modern(1, 'ping'), modern(2, 'logging/setLevel'));
    expect([ping?.error?.code, level?.error?.code]).toEqual([-32601, -32601]);
  });

  test('a subscription is acknowledged, honours nothing, and ends with a result', async () => {
    const { session, messages } = open();
    session.receive(modern(7, 'subscriptions/listen', { notifications: { toolsListChanged: true } }));
    await session.idle();
    session.close();
    const id = { 'io.modelcontextprotocol/subscriptionId': 7 };
    expect(messages).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: {}, _meta: id },
      },
      { jsonrpc: '2.0', id: 7, result: { resultType: 'complete', _meta: id } },
    ]);
  });
});

describe('calls', () => {
  test('a cancelled call is aborted and never answered', async () => {
    const { session, messages, calls } = open();
    session.receive(modern(1, 'tools/call', { name: 'slow' }));
    session.receive(line(undefined, 'notifications/cancelled', { requestId: 1 }));
    await session.idle();
    expect([messages, calls[0]?.signal.aborted]).toEqual([[], true]);
  });

  test('progress goes to the caller’s token, grows, and ends with the call', async () => {
    const { session, messages, calls } = open();
    session.receive(line(1, 'tools/call', { name: 'fast', _meta: { ...modernMeta, progressToken: 'p' } }));
    await session.idle();
    calls[0]?.progress(5);
    expect(messages.filter(({ method }) => method !== undefined)).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: 'p', progress: 1, total: 2, message: 'half' },
      },
    ]);
  });

  test.each([
    ['an unknown tool', { name: 'none' }, -32602],
    ['no name', {}, -32602],
    ['arguments that are a list', { name: 'fast', arguments: [] }, -32602],
  ])('%s is a protocol error', async (_, params, code) => {
    expect((await answers(modern(1, 'tools/call', params)))[0]?.error?.code).toBe(code);
  });

  test('an id that is in flight is refused', async () => {
    const { session, messages } = open();
    session.receive(modern(1, 'tools/call', { name: 'slow' }));
    session.receive(modern(1, 'tools/list'));
    session.close();
    await session.idle();
    expect(messages[0]?.error?.code).toBe(-32600);
  });

  test('a cursor nobody gave out is refused', async () => {
    expect((await answers(modern(1, 'tools/list', { cursor: '' })))[0]?.error?.code).toBe(-32602);
  });
});

describe('lines that are no requests', () => {
  test.each([
    ['{', -32700, null],
    ['[]', -32600, null],
    ['"x"', -32600, null],
    ['{"id":1}', -32600, 1],
    ['{"id":{},"method":"ping"}', -32600, null],
    ['{"id":1,"method":"ping","params":[]}', -32602, 1],
  ])('%s is answered with %i', async (text, code, id) => {
    expect((await answers(text))[0]).toMatchObject({ id, error: { code } });
  });

  test('responses and unknown notifications are passed over', async () => {
    expect(
      await answers('{"jsonrpc":"2.0","id":1,"result":{}}', line(undefined, 'notifications/whatever')),
    ).toEqual([]);
  });
});
