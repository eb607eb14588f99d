import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
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
