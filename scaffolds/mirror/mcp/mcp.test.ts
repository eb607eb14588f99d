import { ServerId, type JsonObject } from '@counterpart/schemas';
import { beforeAll, describe, expect, test } from 'vitest';
import { readMcp } from '../../readers/mcp/read.ts';
import { createMirror } from '../mirror.ts';
import { mcpDoor } from './door.ts';

const TOOLS: readonly JsonObject[] = [
  {
    name: 'add.note',
    title: 'Add a note',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    outputSchema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
    annotations: { destructiveHint: false },
    icons: [{ src: 'https://notes.example/icon.png' }],
  },
  { name: 'wipe', inputSchema: { type: 'object' } },
];
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const ACCEPT = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

let ask: (init: RequestInit) => Promise<Response>;

beforeAll(async () => {
  const listing = {
    mcpListing: 1,
    server: 'notes',
    version: '2.0.0',
    hub: 'http://127.0.0.1:1',
    tools: TOOLS,
  };
  const source = { text: JSON.stringify(listing), location: 'mcp:notes', sha256: `sha256-${'0'.repeat(64)}` };
  const { blueprint } = await readMcp(source, { id: ServerId.parse('notes') });
  const basePath = '/mirror/notes';
  const mirror = createMirror(blueprint, { strictAuth: true, basePath });
  const door = mcpDoor(blueprint, basePath);
  ask = async (init) => {
    const request = new Request('http://mirror.test/mirror/notes/', { method: 'POST', ...init });
    return (await door?.(request, mirror.respond)) ?? new Response('not for this door', { status: 599 });
  };
});

const send = (method: string, params: object, headers: Record<string, string> = {}): Promise<Response> =>
  ask({
    headers: { ...ACCEPT, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });

const modern = (method: string, params: object, name?: string): Promise<Response> =>
  send(
    method,
    { ...params, _meta: META },
    {
      authorization: 'Bearer k',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name === undefined ? {} : { 'mcp-name': name }),
    },
  );

describe('the mirror of an MCP server', () => {
  test('lists the tools as the server does, word for word', async () => {
    const listed = (await (await send('tools/list', {})).json()) as { result: unknown };
    expect(listed.result).toEqual({ tools: TOOLS });
    expect(await (await modern('tools/list', {})).json()).toMatchObject({
      result: { resultType: 'complete', tools: TOOLS },
    });
    expect(await (await send('initialize', { protocolVersion: '2025-06-18' })).json()).toMatchObject({
      result: { protocolVersion: '2025-06-18', serverInfo: { name: 'notes', version: '2.0.0' } },
    });
  });

  test('answers a call by the output schema, refuses what the input schema forbids, and knows no other tool', async () => {
    const call = async (name: string, args: object): Promise<unknown> =>
      (await modern('tools/call', { name, arguments: args }, name)).json();
    expect(await call('add.note', { text: 'a' })).toMatchObject({
      result: { structuredContent: { id: expect.any(Number) as number } },
    });
    expect(await call('add.note', { text: 1 })).toMatchObject({ result: { isError: true } });
    expect(await call('wipe', {})).toMatchObject({ result: { content: [{ type: 'text' }] } });
    expect(await call('none', {})).toMatchObject({ error: { code: -32602 } });
  });

  test('a call without credentials is refused by HTTP', async () => {
    const refused = await send('tools/call', { name: 'wipe' });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="mirror"']);
  });

  test('answers in an event where a client takes nothing else', async () => {
    const said = await send('tools/list', {}, { accept: 'text/event-stream' });
    expect([said.headers.get('content-type'), await said.text()]).toEqual([
      'text/event-stream',
      expect.stringMatching(/^data: \{"jsonrpc".*\n\n$/) as string,
    ]);
  });

  test('a subscription is acknowledged and stays open', async () => {
    const { body } = await modern('subscriptions/listen', { notifications: {} });
    const chunks: AsyncIterable<Uint8Array> = body ?? new ReadableStream();
    for await (const chunk of chunks) {
      expect(Buffer.from(chunk).toString()).toContain('notifications/subscriptions/acknowledged');
      break;
    }
  });

  test.each([
    ['GET', 405, { method: 'GET' }],
    ['a type that is not taken', 406, { headers: { ...ACCEPT, accept: 'text/html' }, body: '{}' }],
    ['a body that is no JSON by its type', 415, { headers: { accept: '*/*' }, body: '{}' }],
    ['a broken body', 400, { headers: ACCEPT, body: '{' }],
    [
      'a notification',
      202,
      { headers: ACCEPT, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' },
    ],
  ])('%s is answered %i', async (_, status, init) => {
    expect((await ask(init)).status).toBe(status);
  });

  test('headers that say otherwise than the body, an unknown version and an unknown method are told apart', async () => {
    const refusal = async (response: Response): Promise<unknown> => {
      const { error } = (await response.json()) as { error: { code: number } };
      return [response.status, error.code];
    };
    const call = { name: 'wipe', arguments: {} };
    expect(await refusal(await modern('tools/call', call, 'add.note'))).toEqual([400, -32020]);
    expect(await refusal(await modern('tools/call', call))).toEqual([400, -32020]);
    expect(await refusal(await modern('prompts/list', {}))).toEqual([404, -32601]);
    const future = { _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': '2030-01-01' } };
    expect(await refusal(await send('tools/list', future))).toEqual([400, -32022]);
  });
});
