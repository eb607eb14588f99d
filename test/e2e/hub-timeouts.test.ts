import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { eventually, fixtureServer, makeHome, startHub } from '../fixtures/hub.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function boot(mcpServers: object) {
  const place = makeHome({ mcpServers });
  undo.push(() => place.remove());
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  return hub;
}

/** An address where everything is heard and nothing is answered. */
async function silentAddress(): Promise<string> {
  const server = createServer(() => undefined);
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`;
}

test('the time for connecting is its own: a slow start costs a call nothing, a silent address is given up', async () => {
  const slow = { ...fixtureServer('slow-start', { SLOW_START_MS: '2500' }), callTimeoutMs: 2_000 };
  const silent = { url: await silentAddress(), startTimeoutMs: 300, callTimeoutMs: 60_000 };
  const hub = await boot({ slow, silent });
  const answer = async () => JSON.stringify(await hub.rpc('tools/list').catch(() => ''));
  await eventually(async () => (await answer()).includes('slow__echo'));
  await hub.send('POST', '/api/servers/slow/disable');
  await hub.send('POST', '/api/servers/slow/enable');
  const called = await hub.rpc('tools/call', { name: 'slow__echo', arguments: { text: 'late' } });
  expect(JSON.stringify(called)).toContain('late');
  const problem = async () => JSON.stringify(await hub.get('/api/servers/silent'));
  await eventually(async () => (await problem()).includes('no answer to the handshake in 300 ms'));
});

test('progress keeps a call alive beyond its limit, and not beyond the hard one', async () => {
  const counter = fixtureServer('progress', { PROGRESS_STEP_MS: '100' });
  const hub = await boot({
    patient: { ...counter, callTimeoutMs: 1_500, maxCallMs: 60_000 },
    capped: { ...counter, callTimeoutMs: 1_500, maxCallMs: 2_500 },
  });
  await eventually(async () => {
    const listed = JSON.stringify(await hub.rpc('tools/list'));
    return listed.includes('patient__count') && listed.includes('capped__count');
  });
  const client = await connectSdk('legacy', `${hub.url}/mcp`);
  const onprogress = () => undefined;
  const [patient, capped] = await Promise.allSettled([
    client.call('patient__count', { to: 25 }, { onprogress }),
    client.call('capped__count', { to: 1_000 }, { onprogress }),
  ]);
  await client.close();
  expect(JSON.stringify(patient)).toContain('counted to 25');
  expect(capped).toMatchObject({ status: 'rejected' });
  expect(String(capped.status === 'rejected' ? capped.reason : '')).toContain('capped');
});
