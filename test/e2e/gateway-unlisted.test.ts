import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  eventually,
  fixtureServer,
  makeHome,
  startHub,
  type TestHub,
  writePackage,
} from '../fixtures/hub.ts';

const config = (more: object = {}) => ({
  mcpServers: { shop: fixtureServer('effects') },
  profiles: {
    plain: { servers: ['shop'] },
    chosen: { tools: { exclude: ['shop__count'] } },
    search: { mode: 'search' },
  },
  aliases: { shop__former: 'shop__count', shop__stale: 'shop__nothing' },
  ...more,
});

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome(config());
  writePackage(join(place.home, 'servers/own'), { id: 'own' });
  const hello = { name: 'hello', description: 'hello', inputSchema: { type: 'object', properties: {} } };
  writeFileSync(join(place.home, 'servers/own/tools.json'), JSON.stringify([hello]));
  hub = await startHub(place.home);
  await eventually(async () => {
    const list = JSON.stringify(await hub.rpc('tools/list'));
    return list.includes('own__hello') && list.includes('shop__count');
  });
});
afterAll(async () => {
  await hub.stop();
  place.remove();
});

const refusal = (name: string, path?: string) =>
  hub.rpc('tools/call', { name, arguments: {} }, path).then(
    () => 'it was called',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );

/** In the server's own words, by its own name of the tool. */
const BY_SERVER = 'Unknown tool: secret';
const BY_HUB = /^Unknown tool: shop__secret/;

test('a tool that no server lists is refused by the server that its name says, in its own words', async () => {
  expect(await refusal('shop__secret')).toBe(BY_SERVER);
  expect(await refusal('secret', '/mcp/s/shop')).toBe(BY_SERVER);
  expect(await refusal('shop__secret', '/mcp/p/plain')).toBe(BY_SERVER);
});

test('the hub refuses by itself what belongs to nobody, to a package, or to a view that chooses', async () => {
  expect(await refusal('nobody__secret')).toMatch(/^Unknown tool: nobody__secret/);
  expect(await refusal('own__secret')).toMatch(/^Unknown tool: own__secret/);
  expect(await refusal('shop__secret', '/mcp/p/chosen')).toMatch(BY_HUB);
  expect(await refusal('shop__count', '/mcp/p/chosen')).toMatch(/^Unknown tool: shop__count/);
  expect(await refusal('shop__secret', '/mcp/p/search')).toMatch(BY_HUB);
  expect(await refusal('shop__stale')).toMatch(/^Unknown tool: shop__stale/);
  const { status } = await hub.send('POST', '/api/tools/shop/secret', {});
  expect(status).toBe(404);
});

test('an old name can be described and called where tools are found by search', async () => {
  const own = (name: string, args: object) =>
    hub
      .rpc('tools/call', { name, arguments: args }, '/mcp/p/search')
      .then((result) => JSON.stringify(result));
  expect(await own('describe_tool', { name: 'shop__former' })).toMatch(/"name\\":\\"shop__count/);
  expect(await own('call_tool_read', { name: 'shop__former' })).toContain('count done');
  expect(await own('call_tool_read', { name: 'shop__stale' })).toContain('Unknown tool: shop__stale');
});

test('where anything of a server is hidden, what it does not list is as unknown as what it hides', async () => {
  const set = (more: object) =>
    writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify(config(more)));
  for (const policy of [{ deny: ['shop__count'] }, { deny: ['shop__sec*'] }, { readOnly: true }]) {
    set({ policy });
    await eventually(async () => BY_HUB.test(await refusal('shop__secret')));
    expect(await refusal('secret', '/mcp/s/shop')).toMatch(/^Unknown tool: secret/);
    set({});
    await eventually(async () => (await refusal('shop__secret')) === BY_SERVER);
  }
  set({ mcpServers: { shop: { ...fixtureServer('effects'), approval: { newTools: 'quarantine' } } } });
  await eventually(async () => BY_HUB.test(await refusal('shop__secret')));
});

test('an alias that a package or the file itself proves wrong is refused with what to write instead', async () => {
  const file = join(place.home, 'hub.config.json');
  /** The file may be seen before it is written to its end. */
  const isTold = async (aliases: object, problem: string) => {
    writeFileSync(file, JSON.stringify(config({ aliases })));
    await eventually(async () => JSON.stringify(await hub.get('/api/status')).includes(problem));
  };
  await isTold(
    { own__hello: 'shop__count' },
    String.raw`\"own__hello\" is a tool of the server own, which is called by that name, never the alias; take the alias out`,
  );
  expect(await refusal('shop__former')).toBe('it was called');
  writeFileSync(file, JSON.stringify(config()));
  await eventually(async () => !JSON.stringify(await hub.get('/api/status')).includes('is not valid'));
  await isTold({ a__one: 'a__two', a__two: 'shop__count' }, String.raw`write \"a__one\": \"shop__count\"`);
});
