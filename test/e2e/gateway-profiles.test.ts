import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolDefinition } from '@counterpart/schemas';
import { HubStatus } from '@counterpart/schemas/hub/api';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { modern, RawSession } from '../fixtures/gateway/raw-client.ts';
import { connectSdk, type SdkClient } from '../fixtures/gateway/sdk-clients.ts';
import {
  eventually,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const Listed = z.object({ tools: z.array(ToolDefinition) });
const Content = z.object({ content: z.array(z.object({ text: z.string() })) });

const OWN = [
  'find_tools',
  'describe_tool',
  'call_tool_read',
  'call_tool_write',
  'call_tool_destructive',
  'read_result',
];
const CONFIG = {
  mcpServers: { shop: fixtureServer('effects'), other: fixtureServer('ok') },
  profiles: {
    shop: { servers: ['shop'], description: 'Everything about the shop.' },
    careful: {
      tools: { include: ['shop__*', 'effect:read'], exclude: ['effect:destructive', 'shop__count'] },
    },
    wide: { mode: 'search', alwaysVisible: ['*__echo'], tools: { exclude: ['shop__silent_item'] } },
  },
};

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
const open: SdkClient[] = [];

beforeAll(async () => {
  place = makeHome(CONFIG);
  hub = await startHub(place.home);
  await eventually(async () => (await namesAt('/mcp')).length === 7);
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});
afterAll(async () => {
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

async function namesAt(path: string): Promise<string[]> {
  return Listed.parse(await hub.rpc('tools/list', {}, path)).tools.map(({ name }) => name);
}

const callAt = (path: string, name: string, args: object = {}) =>
  hub.rpc('tools/call', { name, arguments: args }, path);

async function textAt(path: string, name: string, args: object = {}): Promise<string> {
  return textOf(await callAt(path, name, args));
}

const textOf = (result: Record<string, unknown>): string => Content.parse(result).content[0]?.text ?? '';

const asRefusal = (words: RegExp): object => {
  const text: unknown = expect.stringMatching(words);
  return { isError: true, content: [{ type: 'text', text }] };
};

describe('an alias', () => {
  const aliases = {
    shop__old_count: 'shop__count',
    shop__gone: 'shop__nothing',
    other__echo: 'shop__count',
  };

  test('can be called and is listed nowhere; one that misleads is named, as is a profile of an unknown server', async () => {
    const file = join(place.home, 'hub.config.json');
    const before = readFileSync(file, 'utf8');
    const profiles = { ...CONFIG.profiles, lost: { servers: ['shop', 'nowhere'] } };
    writeFileSync(file, JSON.stringify({ ...CONFIG, profiles, aliases }));
    const misnamed = async () => HubStatus.parse(await hub.get('/api/status')).misnamed;
    await eventually(async () => (await misnamed()).length === 3);
    expect((await misnamed()).map(({ setting, detail }) => `${setting}: ${detail}`)).toEqual([
      expect.stringMatching(/^profiles\.lost\.servers: There is no server named nowhere;/),
      expect.stringMatching(/^aliases\.shop__gone: There is no tool named shop__nothing;/),
      expect.stringMatching(/^aliases\.other__echo: other__echo is the name of a tool/),
    ]);
    const count = await textAt('/mcp', 'shop__count');
    expect(await textAt('/mcp', 'shop__old_count')).toBe(count);
    expect(await textAt('/mcp/p/shop', 'shop__old_count')).toBe(count);
    expect(await namesAt('/mcp')).not.toContain('shop__old_count');
    expect(await textAt('/mcp', 'other__echo', { text: 'still itself' })).toBe('still itself');
    await expect(callAt('/mcp', 'shop__gone')).rejects.toThrow('Unknown tool: shop__gone');
    // What a profile leaves out is no more to be had there by an old name.
    await expect(callAt('/mcp/p/careful', 'shop__old_count')).rejects.toThrow('Unknown tool');
    writeFileSync(file, before);
    await eventually(async () => (await misnamed()).length === 0);
    await expect(callAt('/mcp', 'shop__old_count')).rejects.toThrow('Unknown tool');
  });
});

describe('a profile', () => {
  test('a slash behind the URL changes nothing', async () => {
    for (const url of ['/mcp', '/mcp/p/shop', '/mcp/s/shop'])
      expect(await namesAt(`${url}/`)).toEqual(await namesAt(url));
  });

  test('offers what it names, by the names of the whole hub, and says what it is for', async () => {
    expect(await namesAt('/mcp/p/shop')).toEqual(
      (await namesAt('/mcp')).filter((name) => name !== 'other__echo'),
    );
    expect(await namesAt('/mcp/p/careful')).toEqual([
      'other__echo',
      'shop__get_item',
      'shop__create_item',
      'shop__get_log',
    ]);
    const { instructions } = await hub.rpc('server/discover', {}, '/mcp/p/shop');
    expect(instructions).toContain('Everything about the shop.');
  });

  test('does not call what it leaves out: the answer is that of a tool that never was', async () => {
    const error = async (path: string, name: string) => {
      const params = { name, arguments: {} };
      const { messages } = await modern(hub.url + path, 'tools/call', { params });
      return { ...messages[0]?.error, message: messages[0]?.error?.message.replace(name, '…').split('.')[0] };
    };
    const excluded = await error('/mcp/p/careful', 'shop__delete_item');
    const never = await error('/mcp/p/careful', 'shop__delete_itemz');
    expect(excluded).toEqual(never);
    expect(excluded.message).toMatch(/^Unknown tool/);
    expect(JSON.stringify(excluded)).not.toContain('count');
    await expect(callAt('/mcp/p/shop', 'other__echo', { text: 'x' })).rejects.toThrow(/Unknown tool/);
    expect(await textAt('/mcp/p/careful', 'shop__create_item')).toBe('create_item done');
  });

  test('that does not exist is answered with 404 in both eras, as a server that does not', async () => {
    const none = await modern(`${hub.url}/mcp/p/none`, 'tools/list');
    expect([none.status, none.messages[0]?.error?.message]).toEqual([
      404,
      expect.stringContaining('no profile named none'),
    ]);
    expect((await modern(`${hub.url}/mcp/s/none`, 'tools/list')).status).toBe(404);
    const session = await RawSession.open(`${hub.url}/mcp/p/none`);
    expect(session.hello.error?.message).toContain('no profile named none');
  });

  test('has sessions of its own: one of another address is unknown there', async () => {
    const session = await RawSession.open(`${hub.url}/mcp/p/shop`);
    const elsewhere = new RawSession(`${hub.url}/mcp/p/careful`, session.id, {});
    expect((await elsewhere.call('tools/list')).status).toBe(404);
    expect((await session.call('tools/list')).status).toBe(200);
  });
});

describe('a profile that is searched', () => {
  test("lists the hub's own tools with honest hints, and what is always visible", async () => {
    expect(await namesAt('/mcp/p/wide')).toEqual([...OWN, 'other__echo']);
    const { tools } = Listed.parse(await hub.rpc('tools/list', {}, '/mcp/p/wide'));
    const hints = tools
      .slice(0, OWN.length)
      .map(({ annotations }) => [annotations?.readOnlyHint, annotations?.destructiveHint]);
    expect(hints).toEqual([
      [true, false],
      [true, false],
      [true, false],
      [false, false],
      [false, true],
      [true, false],
    ]);
    const { instructions } = await hub.rpc('server/discover', {}, '/mcp/p/wide');
    expect(instructions).toMatch(/6 tools can be used here.*find_tools.*Servers: other, shop/);
  });

  test('finds tools by what they do, a line for each, under two kilobytes', async () => {
    const found = await textAt('/mcp/p/wide', 'find_tools', { query: 'throw away something from the shop' });
    expect(found.split('\n')[0]).toBe(
      'shop__delete_item (destructive) Removes an item from the shop for good.',
    );
    expect(Buffer.byteLength(found)).toBeLessThanOrEqual(2048);
    expect(await textAt('/mcp/p/wide', 'find_tools', { query: 'item', limit: 1 })).not.toContain('\n');
    expect(await textAt('/mcp/p/wide', 'find_tools', { query: 'zeppelin' })).toMatch(/No tool fits.*English/);
    expect(await textAt('/mcp/p/wide', 'find_tools', { query: 'says nothing of its effect' })).not.toContain(
      'silent',
    );
  });

  test('describes one tool with all that is needed to call it', async () => {
    const described: unknown = JSON.parse(
      await textAt('/mcp/p/wide', 'describe_tool', { name: 'shop__get_item' }),
    );
    expect(described).toMatchObject({
      name: 'shop__get_item',
      effect: 'read',
      callWith: 'call_tool_read',
      description: 'Retrieves an item of the shop.',
      inputSchema: { properties: { id: { description: 'Which one.' } } },
      outputSchema: { type: 'object' },
    });
  });

  test('relays a call and its result as they are, the same as called directly', async () => {
    const args = { id: 'größer 😀', deep: { list: [1, null, { a: 'b' }] }, big: 1e21 };
    const direct = await callAt('/mcp', 'shop__get_item', args);
    expect(direct).toMatchObject({ structuredContent: { args }, 'vendor.example/top': [1, 'two'] });
    expect(
      await callAt('/mcp/p/wide', 'call_tool_read', { name: 'shop__get_item', arguments: args }),
    ).toEqual(direct);
    expect(await callAt('/mcp/p/wide', 'shop__get_item', args)).toEqual(direct);
    const bare = await callAt('/mcp/p/wide', 'call_tool_destructive', { name: 'shop__create_item' });
    expect(bare).toMatchObject({ structuredContent: { args: {} } });
  });

  test('calls no tool of a stronger effect, says which one does, and takes silence for the worst', async () => {
    const call = (used: string, name: string, path = '/mcp/p/wide') => callAt(path, used, { name });
    expect(await call('call_tool_read', 'shop__create_item')).toMatchObject(
      asRefusal(/call_tool_write calls it/),
    );
    expect(await call('call_tool_read', 'shop__delete_item')).toMatchObject(
      asRefusal(/call_tool_destructive/),
    );
    expect(await call('call_tool_write', 'shop__delete_item')).toMatchObject(
      asRefusal(/call_tool_destructive/),
    );
    expect(textOf(await call('call_tool_write', 'shop__get_item'))).toBe('get_item done');
    expect(textOf(await call('call_tool_destructive', 'shop__delete_item'))).toBe('delete_item done');
    expect(await textAt('/mcp/p/wide', 'shop__get_log')).not.toMatch(/delete_item .*delete_item/);
  });

  test('neither describes nor calls what it leaves out, and says what is wrong with other calls', async () => {
    const hidden = { name: 'shop__silent_item' };
    for (const used of ['describe_tool', 'call_tool_destructive'])
      expect(await callAt('/mcp/p/wide', used, hidden)).toMatchObject(asRefusal(/^Unknown tool/));
    await expect(callAt('/mcp/p/wide', 'shop__silent_item')).rejects.toThrow(/Unknown tool/);
    const faulty: [string, object, RegExp][] = [
      ['find_tools', {}, /query must be text/],
      ['describe_tool', {}, /name must be a string/],
      ['call_tool_read', { name: 'shop__get_item', id: '7' }, /id belongs into "arguments"/],
      ['call_tool_read', { name: 'shop__get_item', arguments: '{"id":7}' }, /must be an object/],
    ];
    for (const [used, args, words] of faulty)
      expect(await callAt('/mcp/p/wide', used, args)).toMatchObject(asRefusal(words));
  });

  test('is a matter of this address alone: elsewhere the hub’s own tools do not exist', async () => {
    await expect(callAt('/mcp', 'find_tools', { query: 'x' })).rejects.toThrow(/Unknown tool/);
    await expect(callAt('/mcp/p/shop', 'call_tool_read', {})).rejects.toThrow(/Unknown tool/);
  });
});

describe.each(['modern', 'legacy'] as const)('a %s client of a searched profile', (era) => {
  const connect = async (): Promise<SdkClient> => {
    const client = await connectSdk(era, `${hub.url}/mcp/p/wide`);
    open.push(client);
    return client;
  };

  test('finds, reads and calls, with progress', async () => {
    verifies('M07');
    const client = await connect();
    expect((await client.tools()).map(({ name }) => name)).toEqual([...OWN, 'other__echo']);
    expect(textOf(await client.call('find_tools', { query: 'fetch one item' }))).toContain(
      'shop__get_item (read)',
    );
    const result = await client.call('call_tool_read', { name: 'shop__get_item', arguments: { id: '1' } });
    expect(result).toMatchObject({
      structuredContent: { args: { id: '1' } },
      _meta: { 'vendor.example/kept': 1 },
    });
    expect(await client.call('call_tool_read', { name: 'shop__delete_item' })).toMatchObject({
      isError: true,
    });
  });

  test('hears progress of a call it makes through the hub’s tool, and can cancel it', async () => {
    const client = await connect();
    const abort = new AbortController();
    const steps: unknown[] = [];
    const onprogress = ({ progress }: { progress: number }) => {
      if (steps.push(progress) === 3) abort.abort();
    };
    const call = client.call('call_tool_read', { name: 'shop__count' }, { onprogress, signal: abort.signal });
    await expect(call).rejects.toThrow(/abort/i);
    expect(steps.slice(0, 3)).toEqual([1, 2, 3]);
    const cancelled = async () =>
      (await textAt('/mcp', 'shop__get_log')).split(' ').filter((word) => word === 'cancelled').length;
    await eventually(async () => (await cancelled()) === (era === 'modern' ? 1 : 2));
  });
});

test('profiles follow the configuration while the hub runs, and their clients are told', async () => {
  verifies('M07');
  const client = await connectSdk('legacy', `${hub.url}/mcp/p/careful`);
  open.push(client);
  const file = join(place.home, 'hub.config.json');
  const before = readFileSync(file, 'utf8');
  const profiles = {
    ...CONFIG.profiles,
    careful: { servers: ['other'] },
    late: { tools: { include: ['*_item'] } },
  };
  writeFileSync(file, JSON.stringify({ ...CONFIG, profiles }));
  await eventually(async () => (await namesAt('/mcp/p/careful')).length === 1);
  expect(await namesAt('/mcp/p/late')).toHaveLength(4);
  await eventually(() => client.heard.toolChanges.length > 0);
  writeFileSync(file, before);
  await eventually(async () => (await modern(`${hub.url}/mcp/p/late`, 'tools/list')).status === 404);
  expect(await namesAt('/mcp/p/careful')).toHaveLength(4);
});
