import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { runStdioShim } from '../../clients/connect/stdio.ts';
import { LineClient } from '../fixtures/gateway/line-client.ts';
import { modernMeta } from '../fixtures/gateway/raw-client.ts';
import { eventually, fixtureServer, HUB_PROGRAM, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

const config = { listen: { port: 0 }, mcpServers: { ok: fixtureServer('effects') } };

function newHome(more: object = {}): string {
  const place = makeHome({ ...config, ...more });
  cleanUp.push(() => place.remove());
  return place.home;
}

async function boot(home: string): Promise<TestHub> {
  const hub = await startHub(home);
  cleanUp.push(() => hub.stop());
  return hub;
}

const socketOf = (home: string): string => join(home, '.hub/local/hub.sock');
const recordOf = (home: string): unknown => JSON.parse(readFileSync(join(home, '.hub/hub.json'), 'utf8'));

/** `hub stdio` as clients launch it. */
function launch(home: string): { client: LineClient; child: ChildProcess; exit: Promise<unknown[]> } {
  const child = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--home', home], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: home },
  });
  cleanUp.push(() => child.kill('SIGKILL'));
  const client = new LineClient();
  client.input.pipe(child.stdin);
  child.stdout.pipe(client.output);
  return { client, child, exit: once(child, 'exit') };
}

const listed = (client: LineClient, id: string) =>
  client.request(id, 'tools/list').then(({ result }) => JSON.stringify(result));

async function untilListed(client: LineClient): Promise<void> {
  let at = 0;
  await eventually(async () => (await listed(client, `list-${(at += 1)}`)).includes('"ok__count"'));
}

/** Asks the socket for lines, as the shim does; the status of the answer. */
function knock(home: string, headers: Record<string, string>): Promise<number | undefined> {
  const upgrade = { connection: 'upgrade', upgrade: 'mcp-lines', host: 'localhost' };
  const asking = request({ socketPath: socketOf(home), path: '/mcp', headers: { ...upgrade, ...headers } });
  return new Promise((resolve, reject) => {
    asking.once('error', reject);
    asking.once('response', (response) => resolve(response.resume().statusCode));
    asking.once('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      resolve(statusCode);
    });
    asking.end();
  });
}

test('a hub has a socket that only its user can open, and takes it away when it ends', async () => {
  const home = newHome();
  const hub = await boot(home);
  expect(statSync(socketOf(home)).isSocket()).toBe(true);
  expect(statSync(socketOf(home)).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, '.hub/local')).mode & 0o777).toBe(0o700);
  expect(recordOf(home)).toMatchObject({ socket: socketOf(home) });
  expect(await hub.stop()).toBe(0);
  expect(existsSync(socketOf(home))).toBe(false);
});

test('a folder for the socket that others could open is closed before there is one', async () => {
  const home = newHome();
  mkdirSync(join(home, '.hub/local'), { recursive: true, mode: 0o777 });
  await boot(home);
  expect(statSync(join(home, '.hub/local')).mode & 0o777).toBe(0o700);
});

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** What comes of connecting to a socket as a user who has nothing to do with the hub. */
async function connectAsNobody(path: string): Promise<string> {
  const program = `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
    const socket = require('node:net').connect(process.argv[1], () => end('connected'));
    const end = (what) => { console.log(what); socket.destroy(); };
    socket.on('error', ({ code }) => end(code));`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  return (await text(child.stdout)).trim();
}

test.skipIf(!isRoot)(
  'another user of the machine gets neither to the socket nor through its folder',
  async () => {
    const home = newHome();
    await boot(home);
    const [folder, socket] = [join(home, '.hub/local'), socketOf(home)];
    for (const above of [home, join(home, '.hub')]) chmodSync(above, 0o755);
    expect(await connectAsNobody(socket)).toBe('EACCES');
    chmodSync(folder, 0o755);
    expect(await connectAsNobody(socket)).toBe('EACCES');
    chmodSync(folder, 0o700);
    chmodSync(socket, 0o666);
    expect(await connectAsNobody(socket)).toBe('EACCES');
    // With both open it could: what refused above were the modes.
    chmodSync(folder, 0o755);
    expect(await connectAsNobody(socket)).toBe('connected');
  },
);

const others: readonly (readonly [string, (folder: string, place: string) => void])[] = [
  ['is a link', (folder, place) => symlinkSync(folder, place)],
  ['belongs to somebody else', belongToNobody],
];

function belongToNobody(folder: string, place: string): void {
  chownSync(folder, NOBODY, NOBODY);
  renameSync(folder, place);
}

test.each(isRoot ? others : others.slice(0, 1))(
  'a hub makes no socket in a folder that %s, and leaves it as it is',
  async (_, put) => {
    const home = newHome();
    const [folder, place] = [join(home, '.hub/folder'), join(home, '.hub/local')];
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    put(folder, place);
    await boot(home);
    expect(recordOf(home)).not.toHaveProperty('socket');
    expect(statSync(place).mode & 0o777).toBe(0o755);
    expect(readdirSync(place)).toEqual([]);
  },
);

test('the shim speaks through the socket where there is one', async () => {
  const home = newHome();
  await boot(home);
  const client = new LineClient();
  const { input, output } = client;
  // Nothing listens at this address.
  const closed = runStdioShim({ url: 'http://127.0.0.1:1', socket: socketOf(home), input, output });
  expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: 'counterpart' } });
  client.end();
  await closed;
});

test.skipIf(process.platform !== 'linux')(
  '`hub stdio` connects to the socket of the running hub',
  async () => {
    const home = newHome();
    await boot(home);
    const connections = (): number =>
      readFileSync('/proc/net/unix', 'utf8')
        .split('\n')
        .filter((line) => line.endsWith(socketOf(home))).length;
    expect(connections()).toBe(1); // what listens
    const { client, exit } = launch(home);
    await client.initialize();
    expect(connections()).toBe(2);
    client.end();
    expect(await exit).toEqual([0, null]);
  },
);

test('the socket asks for what the port asks for', async () => {
  const home = newHome({ auth: { mcp: 'token' } });
  const hub = await boot(home);
  const statuses = [
    await knock(home, {}),
    await knock(home, { authorization: 'Bearer nobody' }),
    await knock(home, { authorization: `Bearer ${hub.token}`, host: 'evil.example' }),
    await knock(home, { authorization: `Bearer ${hub.token}`, origin: 'http://evil.example' }),
    await knock(home, { authorization: `Bearer ${hub.token}` }),
  ];
  expect(statuses).toEqual([401, 401, 403, 403, 101]);
});

test('a hub killed amid a call fails that call only, and the next one takes its socket over', async () => {
  const home = newHome();
  const first = await boot(home);
  const { client, exit } = launch(home);
  await client.initialize();
  await untilListed(client);
  const progress = { _meta: { progressToken: 'p' } };
  client.send({
    id: 'slow',
    method: 'tools/call',
    params: { name: 'ok__count', arguments: {}, ...progress },
  });
  await client.notification('notifications/progress');
  await first.kill();
  const { error } = await client.answer('slow');
  expect(error?.message).toContain('Check before repeating');
  expect(existsSync(socketOf(home))).toBe(true);
  const second = await boot(home);
  expect(second.url).not.toBe(first.url);
  await untilListed(client);
  expect(recordOf(home)).toMatchObject({ pid: second.pid, socket: socketOf(home) });
  client.end();
  expect(await exit).toEqual([0, null]);
});

test('a hub killed amid a batch fails all that was asked in it, in one line', async () => {
  const home = newHome();
  const first = await boot(home);
  const { client, exit } = launch(home);
  await client.initialize({}, '2025-03-26');
  await untilListed(client);
  const request = (id: string, method: string, params: object = {}) => ({
    jsonrpc: '2.0',
    id,
    method,
    params,
  });
  const slow = { name: 'ok__count', arguments: {}, _meta: { progressToken: 'p' } };
  client.send(JSON.stringify([request('a', 'ping'), request('b', 'tools/list')]));
  await expect.poll(() => client.batches).toHaveLength(1);
  client.send(JSON.stringify([request('c', 'tools/list'), request('d', 'tools/call', slow)]));
  await client.notification('notifications/progress');
  await first.kill();
  await expect.poll(() => client.batches).toHaveLength(2);
  const failed = client.batches[1] ?? [];
  expect(failed.map(({ id }) => id)).toEqual(['c', 'd']);
  for (const { error } of failed) expect(error?.message).toContain('Check before repeating');
  client.end();
  expect(await exit).toEqual([0, null]);
});

test('a socket that nobody listens at does not keep the shim from the hub', async () => {
  const home = newHome();
  await boot(home);
  renameSync(socketOf(home), join(home, '.hub/elsewhere'));
  const { client, exit } = launch(home);
  await client.initialize();
  await untilListed(client);
  client.end();
  expect(await exit).toEqual([0, null]);
});

test.each([
  ['its path would be too long', (home: string) => join(home, 'x'.repeat(60), 'y'.repeat(60))],
  ['a file stands in its way', (home: string) => home],
])('a hub goes without a socket where %s', async (why, placeIn) => {
  const outer = newHome();
  const home = placeIn(outer);
  mkdirSync(join(home, '.hub'), { recursive: true });
  if (home === outer) writeFileSync(join(home, '.hub/local'), why);
  else renameSync(join(outer, 'hub.config.json'), join(home, 'hub.config.json'));
  await boot(home);
  expect(recordOf(home)).not.toHaveProperty('socket');
  const { client, exit } = launch(home);
  await client.initialize();
  await untilListed(client);
  client.end();
  expect(await exit).toEqual([0, null]);
});

test('garbage and a line of 50 MB are answered, and the client is served on', async () => {
  const home = newHome();
  await boot(home);
  const { client, exit } = launch(home);
  await client.initialize();
  client.send('{"jsonrpc"');
  expect((await client.answer(null)).error?.code).toBe(-32700);
  client.send('\u0000\u00ff not JSON');
  expect((await client.answer(null)).error?.code).toBe(-32700);
  const params = { name: 'ok__get_item', arguments: { id: 'x'.repeat(50_000_000) }, _meta: modernMeta() };
  client.send({ id: 'big', method: 'tools/call', params });
  expect((await client.answer(null)).error?.message).toContain('longer than');
  await untilListed(client);
  client.send({ method: 'notifications/cancelled', params: { requestId: 'big' } });
  client.end();
  expect(await exit).toEqual([0, null]);
});

test('what was asked before the input ended is answered whole before the shim ends', async () => {
  const home = newHome({ mcpServers: { far: fixtureServer('long-answers') } });
  await boot(home);
  const child = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--home', home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  cleanUp.push(() => child.kill('SIGKILL'));
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  const call = (id: number) => ({
    id,
    method: 'tools/call',
    params: { name: 'far__long', arguments: { bytes: 3_000_000 } },
  });
  const messages = [
    { id: 0, method: 'initialize', params: hello },
    { method: 'notifications/initialized' },
    ...[1, 2, 3, 4].map(call),
  ];
  child.stdin.end(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
  const said = await text(child.stdout);
  const answers = said.trimEnd().split('\n');
  const ids = answers.map((line) => (JSON.parse(line) as { id?: number }).id); // as the hub wrote it
  expect(new Set(ids.filter((id) => id !== undefined))).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(said.length).toBeGreaterThan(12_000_000);
});

test.each([
  ['an answer', '2025-11-25', (call: object) => call],
  ['a batch', '2025-03-26', (call: object) => [call]],
])(
  'a server that breaks lines between two values does not break the line of %s',
  async (_, version, asked) => {
    const home = newHome({ mcpServers: { far: fixtureServer('long-answers') } });
    await boot(home);
    const { child } = launch(home);
    const hello = { protocolVersion: version, capabilities: {}, clientInfo: { name: 't', version: '1' } };
    const args = { bytes: 700_000, value: '{"a":\r[1]}' };
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'far__long', arguments: args },
    };
    const messages = [
      { jsonrpc: '2.0', id: 0, method: 'initialize', params: hello },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      asked(call),
    ];
    child.stdin?.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    const said = child.stdout ? await text(child.stdout) : '';
    expect(said).toContain('"structuredContent":{"a": [1]}');
    expect(said).not.toContain('\r');
  },
);
