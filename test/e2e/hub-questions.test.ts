import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { eventually, FIXTURE_SERVERS, makeHome, markedProcesses, startHub } from '../fixtures/hub.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test('a server that asks is set apart in the configuration, answered by clients of both eras, and not by its state', async () => {
  const says = ['--import', 'data:text/javascript,console.error("begun")'];
  const args = [...says, join(FIXTURE_SERVERS, 'elicits.mjs'), 'legacy'];
  const shop = { command: process.execPath, args, isolation: 'session' };
  const place = makeHome({ mcpServers: { shop } });
  undo.push(() => place.remove());
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  await eventually(async () => JSON.stringify(await hub.rpc('tools/list')).includes('shop__order'));
  for (const era of ['modern', 'legacy'] as const) {
    const client = await connectSdk(era, `${hub.url}/mcp`);
    expect(JSON.stringify(await client.call('shop__order'))).toContain('ordered for Ada');
    // A modern client's instance ends with its call.
    const instances = era === 'modern' ? 0 : 1;
    await eventually(async () =>
      JSON.stringify(await hub.get('/api/servers')).includes(`"instances":${instances}`),
    );
    await client.close();
  }
  // What ran for those clients alone is gone; the process that is asked for the lists stays the server's own.
  await eventually(() => markedProcesses(place.home).length === 1);
  expect(await hub.get('/api/servers')).toMatchObject({
    servers: [{ id: 'shop', state: 'ready', restarts: 0, instances: 0 }],
  });
  // What they said can still be read.
  expect(await hub.get('/api/servers/shop')).toMatchObject({
    stderr: ['begun', 'shop#1: begun', 'shop#2: begun'],
  });
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
});
