import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { answerPosts } from '../fixtures/upstream/answer-posts.ts';
import { eventually, fixtureServer, makeHome, startHub } from '../fixtures/hub.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const KEY = 'dev.counterpart/servers';
/** What a result says of servers that do not serve. */
const outcomesIn = (result: object): unknown =>
  '_meta' in result && typeof result._meta === 'object'
    ? new Map(Object.entries(result._meta ?? {})).get(KEY)
    : undefined;

test('clients of both eras learn with the lists which servers are down, and nothing more once none is', async () => {
  const well = { alpha: fixtureServer('ok') };
  const down = { crashing: fixtureServer('crash-on-start'), away: { url: 'http://127.0.0.1:1/mcp' } };
  const place = makeHome({ mcpServers: { ...well, ...down } });
  undo.push(() => place.remove());
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  const listed = async (path?: string) => outcomesIn(await hub.rpc('tools/list', {}, path));
  const expected = {
    away: { state: 'failed', code: 'UPSTREAM_UNREACHABLE' },
    crashing: { state: 'failed', code: 'SERVER_START_FAILED' },
  };
  await eventually(async () => JSON.stringify(await listed())?.includes('away') ?? false);
  await eventually(async () => JSON.stringify(await listed())?.includes('crashing') ?? false);
  expect(await listed()).toEqual(expected);
  expect(outcomesIn(await hub.rpc('server/discover'))).toEqual(expected);
  expect(await listed('/mcp/s/alpha')).toBeUndefined();
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
  };
  const answer = await fetch(`${hub.url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(initialize),
  });
  expect(await answer.text()).toContain('"away":{"state":"failed"');
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify({ mcpServers: well }));
  await eventually(async () => (await listed()) === undefined);
});

const Servers = z.object({
  servers: z.array(z.looseObject({ state: z.string(), problem: z.string().optional() })),
});

test.each([
  ['nothing of what it has', 'failed', {}],
  ['all but its tools', 'stale', { ALSO: 'resources' }],
])('a server that runs and lists %s says why, and is listed once it can be', async (_, state, env) => {
  const place = makeHome();
  undo.push(() => place.remove());
  const ready = join(place.home, 'ready');
  const mcpServers = { late: fixtureServer('late-lists', { READY: ready, ...env }) };
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify({ mcpServers }));
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  const late = async () => Servers.parse(await hub.get('/api/servers')).servers[0];
  await eventually(async () => (await late())?.problem !== undefined);
  expect(await late()).toMatchObject({
    state: 'ready',
    problem: 'late runs, and answered tools/list with an error: fetch failed',
  });
  const outcome = { late: { state, code: 'LISTS_UNREAD' } };
  await expect.poll(async () => outcomesIn(await hub.rpc('tools/list'))).toEqual(outcome);
  // There is nothing of it that somebody could approve.
  expect(await hub.get('/api/status')).toMatchObject({ leftOut: [] });
  writeFileSync(ready, '');
  await eventually(async () => JSON.stringify(await hub.rpc('tools/list')).includes('"late__echo"'));
  expect(await late()).toMatchObject({ state: 'ready', tools: 1 });
  expect(await late()).not.toHaveProperty('problem');
  expect(await hub.rpc('server/discover')).toMatchObject({
    instructions: expect.stringContaining('one thing at a time') as string,
  });
  expect(outcomesIn(await hub.rpc('tools/list'))).toBeUndefined();
});

test('a remote server that could not be reached when the hub came to know it, or for too long, is listed once it can be', async () => {
  const remote = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => remote.listen(0, '127.0.0.1', resolve));
  const { port } = remote.address() as AddressInfo; // it listens
  undo.push(
    () => remote.closeAllConnections(),
    () => remote.close(),
  );
  const url = `http://127.0.0.1:${port}/mcp`;
  const place = makeHome({
    defaults: { graceMs: 500 },
    mcpServers: { away: { url }, off: { url, enabled: false } },
  });
  undo.push(() => place.remove());
  isAway = true;
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  const outcome = { away: { state: 'failed', code: 'UPSTREAM_UNREACHABLE' } };
  await expect.poll(async () => outcomesIn(await hub.rpc('tools/list'))).toEqual(outcome);
  isAway = false;
  await eventually(async () => JSON.stringify(await hub.rpc('tools/list')).includes('"away__act"'));
  expect(outcomesIn(await hub.rpc('tools/list'))).toBeUndefined();
  // It goes away for longer than its tools stay listed: nobody can call them then.
  remote.closeAllConnections();
  await new Promise((resolve) => remote.close(resolve));
  await expect(hub.rpc('tools/call', { name: 'away__act' })).rejects.toThrow('Cannot reach away');
  await eventually(async () => !JSON.stringify(await hub.rpc('tools/list')).includes('"away__act"'));
  await new Promise<void>((resolve) => remote.listen(port, '127.0.0.1', resolve));
  await eventually(async () => JSON.stringify(await hub.rpc('tools/list')).includes('"away__act"'));
});

let isAway = true;
const ANSWERS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'away', version: '1' },
  },
  'tools/list': { tools: [{ name: 'act', inputSchema: { type: 'object' } }] },
};

/** What stands before a server that does not run yet says so. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (isAway) return void response.writeHead(502).end('bad gateway');
  return answerPosts(ANSWERS, request, response);
}
