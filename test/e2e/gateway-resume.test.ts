import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { MemoryCatalog } from '../fixtures/gateway/memory-catalog.ts';
import { MemoryUpstream } from '../fixtures/gateway/memory-upstream.ts';
import { RawSession, stream } from '../fixtures/gateway/raw-client.ts';
import { serveGateway, type ServedGateway } from '../fixtures/gateway/serve-gateway.ts';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { eventually } from '../fixtures/hub.ts';

let served: ServedGateway | undefined;
afterEach(async () => {
  await served?.close();
});

async function setUp() {
  const catalog = new MemoryCatalog(new MemoryUpstream());
  const started = await serveGateway(catalog);
  served = started;
  return { catalog, url: started.url };
}

/** The text of a session's own stream until it holds `mark`, and what ends it. */
function listen(
  session: RawSession,
  mark: string,
  headers: Record<string, string> = {},
): Promise<{ said: string; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const accept = { accept: 'text/event-stream', ...session.headers, ...headers };
    const outgoing = request(session.url, { headers: accept }, (incoming) => {
      let said = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        if (said.includes(mark)) resolve({ said, leave: () => outgoing.destroy() });
      });
      incoming.on('error', () => undefined);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('a client that comes back to its stream is told what it missed, once and in order', async () => {
  const { catalog, url } = await setUp();
  const session = await RawSession.open(url);
  const first = await listen(session, 'data:');
  // Named before there is anything to miss.
  expect(first.said).toBe('id: 0\ndata:\n\n');
  catalog.change({ tools: true });
  const second = await listen(session, 'tools/list_changed', { 'last-event-id': '0' });
  expect(second.said).toContain('id: 1\n');
  second.leave();
  first.leave();
  catalog.change({ prompts: true });
  const again = await listen(session, 'prompts/list_changed', { 'last-event-id': '1' });
  expect(again.said.match(/^id: \d+$/gm)).toEqual(['id: 1', 'id: 2']);
  expect(again.said).not.toContain('tools/list_changed');
  again.leave();
});

test('a stream is taken over only by a client that says where it was', async () => {
  const { url } = await setUp();
  const session = await RawSession.open(url);
  const open = await listen(session, 'data:');
  const headers = { ...session.headers, accept: 'text/event-stream' };
  const second = await stream(url, { method: 'GET', headers });
  expect(second.status).toBe(409);
  const third = await listen(session, 'data:', { 'last-event-id': '0' });
  third.leave();
  open.leave();
});

test('clients of before 2025-11-25 get no event without data, and the SDK hears changes as ever', async () => {
  const { catalog, url } = await setUp();
  const session = await RawSession.open(url, {}, '2025-06-18');
  const listening = listen(session, 'tools/list_changed');
  const client = await connectSdk('legacy', url);
  await eventually(() => {
    catalog.change({ tools: true });
    return client.heard.toolChanges.length > 0;
  });
  const { said, leave } = await listening;
  expect(said).toMatch(/^id: 1\nevent: message\ndata: \{/);
  leave();
  await client.close();
});
