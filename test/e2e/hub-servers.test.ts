import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubStatus, ServerSummary } from '@counterpart/schemas/hub/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import {
  eventually,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
  writePackage,
} from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const Servers = z.object({ servers: z.array(ServerSummary) });
const Tools = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });
const Content = z.object({ content: z.array(z.object({ text: z.string() })) });

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let running: TestHub[] = [];

const boot = async () => {
  hub = await startHub(place.home);
  running.push(hub);
  return hub;
};
const servers = async () => Servers.parse(await hub.get('/api/servers')).servers;
const serverIds = async () => (await servers()).map(({ id }) => id);
const toolNames = async () => Tools.parse(await hub.rpc('tools/list')).tools.map(({ name }) => name);
const call = async (name: string, args: object = {}) =>
  Content.parse(await hub.rpc('tools/call', { name, arguments: args })).content[0]?.text;

beforeEach(() => {
  place = makeHome({ mcpServers: { alpha: fixtureServer('ok'), beta: fixtureServer('legacy-only') } });
});
afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

test('a server that is killed takes no other with it, and comes back by itself', async () => {
  verifies('A01', 'A14');
  await boot();
  await eventually(async () => (await toolNames()).length === 2);
  expect(await call('alpha__echo', { text: 'one' })).toBe('one');
  const pid = z
    .int()
    .min(2)
    .parse((await servers()).find(({ id }) => id === 'alpha')?.pid);
  killOwn(pid);
  expect(await call('beta__echo', { text: 'unharmed' })).toBe('unharmed');
  await eventually(async () => (await call('alpha__echo', { text: 'again' }).catch(() => '')) === 'again');
  expect((await servers()).find(({ id }) => id === 'alpha')?.pid).not.toBe(pid);
});

/** Whatever the hub says: only a process that this hub made is killed. */
function killOwn(pid: number): void {
  expect(markedProcesses(place.home)).toContain(pid);
  process.kill(pid, 'SIGKILL');
}

test('a dead server leaves the lists after its grace and comes back with its process; one that sleeps stays', async () => {
  place.remove();
  place = makeHome({
    defaults: { graceMs: 100 },
    mcpServers: { alpha: { ...fixtureServer('ok'), idleMs: 100 }, beta: fixtureServer('legacy-only') },
  });
  await boot();
  const both = ['alpha__echo', 'beta__echo'];
  await eventually(async () => (await toolNames()).length === 2);
  expect(await call('alpha__echo', { text: 'one' })).toBe('one');
  await eventually(async () => (await servers()).find(({ id }) => id === 'alpha')?.state === 'stopped');
  const betaPid = async () => (await servers()).find(({ id }) => id === 'beta')?.pid;
  const first = z.int().parse(await betaPid());
  killOwn(first);
  // The first time it is started at once, sooner than its grace ends; the second time after a pause.
  await eventually(async () => ((await betaPid()) ?? first) !== first);
  killOwn(z.int().parse(await betaPid()));
  await eventually(async () => (await toolNames()).length < 2);
  expect(await toolNames()).toEqual(['alpha__echo']);
  await eventually(async () => (await toolNames()).length === 2);
  expect(await toolNames()).toEqual(both);
});

test('a package dropped into the folder is listed, callable and gone again, while calls to others go on', async () => {
  verifies('A02', 'A06', 'A07', 'A08', 'A11');
  await boot();
  await eventually(async () => (await toolNames()).length === 2);
  const outcomes: unknown[] = [];
  const load = { going: true };
  const loading = (async () => {
    while (load.going)
      outcomes.push(await call('alpha__echo', { text: 'x' }).catch((error: unknown) => error));
  })();
  const directory = join(place.home, 'servers', 'dropped');
  writePackage(directory, { id: 'dropped', category: 'gaming', tools: ['hello', 'bye'] });
  await eventually(async () => (await toolNames()).includes('dropped__bye'));
  expect(await call('dropped__hello')).toBe('hello of 1.0.0');
  expect((await servers()).find(({ id }) => id === 'dropped')?.category).toBe('gaming');
  rmSync(directory, { recursive: true });
  await eventually(async () => !(await toolNames()).some((name) => name.startsWith('dropped__')));
  await expect(call('dropped__hello')).rejects.toThrow(/Unknown tool/);
  load.going = false;
  await loading;
  expect(outcomes.length).toBeGreaterThan(20);
  expect(new Set(outcomes)).toEqual(new Set(['x']));
});

test('a new version of a package takes over, and the call in flight on the old one still ends well', async () => {
  verifies('A06');
  const directory = join(place.home, 'servers', 'dropped');
  writePackage(directory, { id: 'dropped' });
  await boot();
  await eventually(async () => (await toolNames()).includes('dropped__hello'));
  expect(await call('dropped__hello')).toBe('hello of 1.0.0');
  const slow = call('dropped__hello', { waitMs: 1_500 });
  writePackage(directory, { id: 'dropped', version: '1.1.0', tools: ['hello', 'more'] });
  await eventually(async () => (await toolNames()).includes('dropped__more'));
  expect(await call('dropped__hello')).toBe('hello of 1.1.0');
  expect(await slow).toBe('hello of 1.0.0');
});

test('a package that becomes unreadable is a problem of its own, and what ran goes on', async () => {
  const directory = join(place.home, 'servers', 'dropped');
  writePackage(directory, { id: 'dropped' });
  writePackage(join(place.home, 'servers', 'torn'), { id: 'torn' });
  writeFileSync(join(place.home, 'servers', 'torn', 'manifest.json'), '{ "id": ');
  await boot();
  await eventually(async () => (await toolNames()).includes('dropped__hello'));
  const problems = async () =>
    HubStatus.parse(await hub.get('/api/status')).problems.map(({ server, code }) => `${server} ${code}`);
  expect(await problems()).toEqual(['torn MANIFEST_INVALID']);
  expect(await hub.get('/api/servers/torn')).toMatchObject({ code: 'MANIFEST_INVALID' });
  writeFileSync(join(directory, 'manifest.json'), '{ "id": ');
  await eventually(async () => (await problems()).length === 2);
  expect(await call('dropped__hello')).toBe('hello of 1.0.0');
  writePackage(directory, { id: 'dropped', version: '1.1.0' });
  await eventually(async () => (await call('dropped__hello')) === 'hello of 1.1.0');
  expect(await problems()).toEqual(['torn MANIFEST_INVALID']);
});

test('what was placed before the start is there after it, in the list that programs read', async () => {
  verifies('A09', 'A10');
  writePackage(join(place.home, 'servers', 'test', 'hello'), { id: 'hello' });
  await boot();
  const { servers: adapters } = Servers.parse(await hub.get('/adapters'));
  expect(adapters.map(({ id, kind }) => [id, kind])).toEqual([
    ['hello', 'built'],
    ['alpha', 'command'],
    ['beta', 'command'],
  ]);
  await eventually(async () => (await toolNames()).includes('hello__hello'));
  expect(await call('hello__hello')).toBe('hello of 1.0.0');
});

test('the registry outlives the hub: what was disabled stays disabled, what was known is listed with nothing running', async () => {
  verifies('A04', 'C01', 'C02');
  writePackage(join(place.home, 'servers', 'dropped'), { id: 'dropped' });
  await boot();
  await eventually(async () => (await toolNames()).length === 3);
  expect(await hub.send('POST', '/api/servers/beta/disable')).toMatchObject({
    status: 200,
    body: { enabled: false },
  });
  expect(await toolNames()).toEqual(expect.not.arrayContaining(['beta__echo']));
  const registryFile = join(place.home, 'servers', '_registry.json');
  const before: unknown = JSON.parse(readFileSync(registryFile, 'utf8'));
  expect(await hub.stop()).toBe(0);

  await boot();
  expect((await toolNames()).sort()).toEqual(['alpha__echo', 'dropped__hello']);
  expect((await servers()).map(({ id, enabled, state }) => [id, enabled, state])).toEqual([
    ['dropped', true, 'stopped'],
    ['alpha', true, 'stopped'],
    ['beta', false, 'stopped'],
  ]);
  expect(JSON.parse(readFileSync(registryFile, 'utf8'))).toEqual(before);
  expect(await hub.send('POST', '/api/servers/beta/enable')).toMatchObject({ body: { enabled: true } });
  expect(await call('beta__echo', { text: 'back' })).toBe('back');
});

test('installing, updating health and uninstalling go through the admin API and are remembered', async () => {
  verifies('C01', 'C10');
  await boot();
  const added = await hub.send('POST', '/api/servers', { name: 'gamma', entry: fixtureServer('ok') });
  expect(added).toMatchObject({ status: 201, body: { id: 'gamma', kind: 'command' } });
  expect(await hub.send('POST', '/api/servers', { name: 'gamma', entry: fixtureServer('ok') })).toMatchObject(
    {
      status: 409,
      body: { code: 'SERVER_EXISTS' },
    },
  );
  expect(await call('gamma__echo', { text: 'new' })).toBe('new');
  const { health } = z
    .object({ health: z.array(z.object({ state: z.string() })) })
    .parse(await hub.get('/api/servers/gamma'));
  expect(health.map(({ state }) => state)).toEqual(expect.arrayContaining(['starting', 'ready']));
  expect(await hub.send('DELETE', '/api/servers/gamma')).toMatchObject({ status: 200 });
  expect(await serverIds()).toEqual(['alpha', 'beta']);
});

test('who follows the events gets each once and in order, those of the past first', async () => {
  await boot();
  await hub.send('POST', '/api/servers/alpha/disable');
  const stream = await fetch(`${hub.url}/api/events?follow=1`);
  const changes = (async () => {
    for (let round = 0; round < 10; round += 1) await hub.send('POST', '/api/servers/alpha/restart');
  })();
  const ids: number[] = [];
  let text = '';
  for await (const chunk of stream.body ?? []) {
    text += Buffer.from(chunk).toString();
    ids.splice(0, ids.length, ...[...text.matchAll(/^id: (\d+)\n/gm)].map(([, id]) => Number(id)));
    if (ids.length >= 25) break;
  }
  await changes;
  expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
});
