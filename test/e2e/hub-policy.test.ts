import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolDefinition } from '@counterpart/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LineClient } from '../fixtures/gateway/line-client.ts';
import { RawSession } from '../fixtures/gateway/raw-client.ts';
import {
  eventually,
  fixtureServer,
  HUB_PROGRAM,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const Listed = z.object({ tools: z.array(ToolDefinition) });
const Text = z.object({ content: z.array(z.object({ text: z.string() })) });
const Document = z.object({ paths: z.record(z.string(), z.unknown()) });

const config = (policy: object, own: object = {}) => ({
  mcpServers: { shop: { ...fixtureServer('effects'), policy: own } },
  profiles: { wide: { mode: 'search' }, all: {}, coded: { mode: 'code' } },
  aliases: { made: 'shop__create_item', gone: 'shop__delete_item' },
  policy,
});
const DENYING = config({ deny: ['shop__delete_*'] }, { deny: ['silent_item'] });
const DENIED = ['delete_item', 'silent_item'];

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome(DENYING);
  hub = await startHub(place.home);
  await eventually(async () => (await namesAt('/mcp')).length > 0);
});
afterAll(async () => {
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

async function namesAt(path: string): Promise<string[]> {
  return Listed.parse(await hub.rpc('tools/list', {}, path)).tools.map(({ name }) => name);
}

/** The words of the answer when a tool is called one way; of a call that is allowed: `<tool> done`. */
type Way = (tool: string) => Promise<string>;

const words = (result: unknown): string =>
  Text.parse(result)
    .content.map(({ text }) => text)
    .join(' ');
const said = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const byMcp =
  (path: string, name: (tool: string) => string): Way =>
  (tool) =>
    hub.rpc('tools/call', { name: name(tool), arguments: {} }, path).then(words, said);

const hubName = (tool: string) => `shop__${tool}`;

const bySearch: Way = async (tool) =>
  words(
    await hub.rpc(
      'tools/call',
      { name: 'call_tool_destructive', arguments: { name: hubName(tool) } },
      '/mcp/p/wide',
    ),
  );

const bySession: Way = async (tool) => {
  const session = await RawSession.open(`${hub.url}/mcp`);
  const { messages } = await session.call('tools/call', { name: hubName(tool), arguments: {} });
  return messages[0]?.error?.message ?? words(messages[0]?.result);
};

const byStdio: Way = async (tool) => {
  const child = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--home', place.home], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: place.home },
  });
  const client = new LineClient();
  client.input.pipe(child.stdin);
  child.stdout.pipe(client.output);
  await client.initialize();
  const answer = await client.request('call', 'tools/call', { name: hubName(tool), arguments: {} });
  client.end();
  await once(child, 'exit');
  return answer.error?.message ?? words(answer.result);
};

const Problem = z.object({ detail: z.string() });

const byRest: Way = async (tool) => {
  const { status, body } = await hub.send('POST', `/api/tools/shop/${tool}?raw=1`, {});
  return status === 200 ? words(body) : Problem.parse(body).detail;
};

const byCommand: Way = async (tool) => {
  const { status, body } = await hub.send('POST', '/api/call', { tool: hubName(tool) });
  return status === 200 ? words(body) : Problem.parse(body).detail;
};

const byCode: Way = async (tool) => {
  const code = `return (await tools[${JSON.stringify(hubName(tool))}]({}))`;
  return words(await hub.rpc('tools/call', { name: 'run_code', arguments: { code } }, '/mcp/p/coded'));
};

const WAYS: readonly (readonly [string, Way])[] = [
  ['MCP of 2026-07-28', byMcp('/mcp', hubName)],
  ['MCP of one server', byMcp('/mcp/s/shop', (tool) => tool)],
  ['MCP of a profile', byMcp('/mcp/p/all', hubName)],
  ['MCP of a session', bySession],
  ['stdio', byStdio],
  ['search', bySearch],
  ['a profile that is searched, by its name', byMcp('/mcp/p/wide', hubName)],
  ['REST', byRest],
  ['hub call', byCommand],
];

describe('what the policy denies', () => {
  test.each(WAYS)('cannot be called by %s, and is as unknown as what never was', async (_, call) => {
    verifies('G34');
    expect(await call('create_item')).toBe('create_item done');
    for (const tool of DENIED) expect(await call(tool)).toMatch(/^Unknown tool: \w+/);
    // Suggestions depend on the letters of the name that was asked for.
    const hidden = await call('delete_item');
    const never = await call('delete_thing');
    expect(hidden.split('. Did')[0]).toBe(never.split('. Did')[0]?.replace('thing', 'item'));
    expect(hidden.split('Did you mean')[1] ?? '').not.toMatch(/delete_item|silent_item/);
  });

  test('is no tool for code that a model writes, and no alias leads to it', async () => {
    expect(await byCode('create_item')).toMatch(/shop__create_item: ok/);
    for (const tool of [...DENIED, 'delete_thing'])
      expect(await byCode(tool)).toMatch(`there is no tool ${hubName(tool)} here`);
    const byName = byMcp('/mcp', (name) => name);
    expect(await byName('made')).toBe('create_item done');
    expect(await byName('gone')).toMatch(/^Unknown tool: gone/);
  });

  test('is in no list, found by no search and described nowhere', async () => {
    verifies('G34');
    const hidden = /delete_item|silent_item/;
    for (const path of ['/mcp', '/mcp/s/shop', '/mcp/p/all', '/mcp/p/wide'])
      expect((await namesAt(path)).join(' ')).not.toMatch(hidden);
    const own = async (name: string, args: object) =>
      words(await hub.rpc('tools/call', { name, arguments: args }, '/mcp/p/wide'));
    expect(await own('find_tools', { query: 'removes an item; says nothing of its effect' })).not.toMatch(
      hidden,
    );
    expect(await own('describe_tool', { name: 'shop__delete_item' })).toMatch(/^Unknown tool/);
    expect(JSON.stringify(await hub.get('/api/tools'))).not.toMatch(hidden);
    for (const path of ['/api/tools/openapi.json', '/api/tools/shop/openapi.json'])
      expect(Object.keys(Document.parse(await hub.get(path)).paths).join(' ')).not.toMatch(hidden);
  });
});

test('a policy that is changed counts at once, and restarts no server', async () => {
  const processes = markedProcesses(place.home);
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify(config({ readOnly: true })));
  const reads = ['shop__get_item', 'shop__count', 'shop__get_log'];
  await eventually(async () => (await namesAt('/mcp')).length === reads.length);
  expect(await namesAt('/mcp')).toEqual(reads);
  for (const [, call] of WAYS) expect(await call('create_item')).toMatch(/^Unknown tool/);

  writeFileSync(
    join(place.home, 'hub.config.json'),
    JSON.stringify(config({ readOnly: true }, { readOnly: false, deny: ['effect:destructive'] })),
  );
  await eventually(async () => (await namesAt('/mcp')).length === reads.length + 1);
  expect(await byRest('create_item')).toBe('create_item done');
  expect(await byRest('delete_item')).toMatch(/^Unknown tool/);
  expect(markedProcesses(place.home)).toEqual(processes);
});
