import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerPosts } from '../fixtures/upstream/answer-posts.ts';
import { Bench, call } from './upstream-harness.ts';

/** What a server of 2025-11-25 answers to everything that is asked here. */
const ANSWERS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {}, resources: {} },
    serverInfo: { name: 'forgetful', version: '1' },
  },
  'tools/list': { tools: [{ name: 'act', inputSchema: { type: 'object' } }] },
  'resources/list': { resources: [] },
  'resources/templates/list': { resourceTemplates: [] },
  'resources/read': { contents: [{ uri: 'memo://a', text: 'read' }] },
  'tools/call': { content: [{ type: 'text', text: 'acted' }] },
};

let bench: Bench;
let server: Server;
/** Whether connections that were used before are cut when something comes on them. */
let cuts: boolean;
let url: string;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { socket } = request;
  const used = served.has(socket);
  served.add(socket);
  if (cuts && used) return void socket.destroy();
  return answerPosts(ANSWERS, request, response);
}
const served = new WeakSet<object>();

beforeEach(async () => {
  bench = new Bench();
  cuts = false;
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`;
});
afterEach(async () => {
  await bench.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a connection that the server gave up while it was idle costs no request that only reads', async () => {
  const upstream = bench.remote(url);
  await upstream.refresh();
  cuts = true;
  expect(await upstream.request('resources/read', { uri: 'memo://a' })).toEqual(ANSWERS['resources/read']);
});

test('a call of a tool is not sent twice: nobody knows whether it was carried out', async () => {
  const upstream = bench.remote(url);
  await upstream.refresh();
  cuts = true;
  expect(await call(upstream, 'act')).toMatchObject({ failure: 'UPSTREAM_LOST' });
  cuts = false;
  expect(JSON.stringify(await call(upstream, 'act'))).toContain('acted');
});
