import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome({
    mcpServers: { careless: fixtureServer('careless'), other: fixtureServer('ok') },
    profiles: { found: { mode: 'search' } },
  });
  hub = await startHub(place.home);
  await eventually(async () => {
    const list = JSON.stringify(await hub.rpc('tools/list'));
    return list.includes('careless__sound') && list.includes('other__');
  });
});
afterAll(async () => {
  await hub.stop();
  place.remove();
});

/** A client of each SDK, which checks what it is given. */
const clients = {
  'SDK v1': async () => {
    const client = new LegacyClient({ name: 'test', version: '1' });
    await client.connect(new LegacyTransport(new URL(`${hub.url}/mcp`)));
    return client;
  },
  'SDK v2 in 2025': async () => {
    const client = new ModernClient({ name: 'test', version: '1' });
    await client.connect(new ModernTransport(new URL(`${hub.url}/mcp`)));
    return client;
  },
  'SDK v2 in 2026': async () => {
    const client = new ModernClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new ModernTransport(new URL(`${hub.url}/mcp`)));
    return client;
  },
};

test.each(Object.entries(clients))(
  'what one server lists wrongly is left out alone, and %s reads the rest',
  async (name, connect) => {
    const client = await connect();
    const { tools } = await client.listTools();
    const ofCareless = tools.filter((tool) => tool.name.startsWith('careless__'));
    const texts = ofCareless.find((tool) => tool.name === 'careless__texts');
    const { structuredContent } = await client.callTool({ name: 'careless__texts', arguments: {} });
    const undeclared = await client.callTool({ name: 'careless__nothing', arguments: {} });
    const { resources } = await client.listResources();
    const { prompts } = await client.listPrompts();
    await client.close();
    expect(ofCareless.map((tool) => tool.name)).toEqual([
      'careless__sound',
      'careless__untyped',
      'careless__inputless',
      'careless__nothing',
      'careless__texts',
    ]);
    expect(tools.some((tool) => tool.name.startsWith('other__'))).toBe(true);
    // Only the newer revision knows of results that are no objects; clients of before find them under a name.
    const isOld = name !== 'SDK v2 in 2026';
    expect(texts?.outputSchema?.['type']).toBe(isOld ? 'object' : 'array');
    expect(structuredContent).toEqual(isOld ? { result: ['a', 'ü'] } : ['a', 'ü']);
    expect(undeclared.structuredContent).toEqual(isOld ? { result: [1, null] } : [1, null]);
    expect(resources).toEqual([{ uri: 'careless:1', name: 'careless:1' }]);
    expect(prompts).toEqual([{ name: 'careless__hello' }]);
  },
);

test.each(Object.entries(clients))(
  'a notification of a server’s own making reaches the call that it belongs to, with %s',
  async (_, connect) => {
    const client = await connect();
    const heard: unknown[] = [];
    client.fallbackNotificationHandler = async ({ method, params }) => void heard.push([method, params]);
    await client.callTool({ name: 'careless__sound', arguments: {} });
    await expect.poll(() => heard).toEqual([['notifications/vendor/piece', { of: 'sound' }]]);
    await client.close();
  },
);

test('such a server hides nobody’s tools from a search', async () => {
  const found = await hub.rpc(
    'tools/call',
    { name: 'find_tools', arguments: { query: 'sound' } },
    '/mcp/p/found',
  );
  expect(JSON.stringify(found)).toContain('careless__sound');
});
