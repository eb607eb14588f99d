import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { eventually, FIXTURE_SERVERS, makeHome, markedProcesses, startHub } from '../fixtures/hub.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test('what a server lists only to clients that can be asked is offered once it is set apart', async () => {
  const args = [join(FIXTURE_SERVERS, 'elicits.mjs'), 'legacy', 'choosy'];
  const shop = { command: process.execPath, args, isolation: 'session' };
  const place = makeHome({ mcpServers: { shop } });
  undo.push(() => place.remove());
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  await eventually(async () => JSON.stringify(await hub.rpc('tools/list')).includes('shop__order'));
  const client = await connectSdk('legacy', `${hub.url}/mcp`);
  undo.push(() => client.close());
  expect(JSON.stringify(await client.call('shop__order'))).toContain('ordered for Ada');
  // This one says of itself that it cannot be asked, and hears from the server what that means.
  await expect(hub.rpc('tools/call', { name: 'shop__order', arguments: {} })).rejects.toThrow('Unknown tool');
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
