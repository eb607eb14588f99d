import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EventPage, HubStatus, ServerDetail } from '@counterpart/schemas/hub/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from 'kysely';
import { z } from 'zod';
import { openStore } from '../../hub/src/store/store.ts';
import {
  eventually,
  fixtureServer,
  HUB_PROGRAM,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
  writePackage,
} from '../fixtures/hub.ts';

let place: ReturnType<typeof makeHome>;
let running: TestHub[] = [];

const boot = async (env: Record<string, string> = {}) => {
  const hub = await startHub(place.home, env);
  running.push(hub);
  return hub;
};
const writeConfig = (config: object) =>
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify(config));
const statusOf = async (hub: TestHub) => HubStatus.parse(await hub.get('/api/status'));
const detailOf = async (hub: TestHub, id: string) => ServerDetail.parse(await hub.get(`/api/servers/${id}`));
const tryStart = (...args: string[]) =>
  spawnSync(process.execPath, [HUB_PROGRAM, 'start', '--home', place.home, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  });
/** Everything a command prints. */
const hubOutput = async (...args: string[]): Promise<string> => {
  const child = spawn(process.execPath, [HUB_PROGRAM, ...args, '--home', place.home]);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return stdout + stderr;
};

beforeEach(() => {
  place = makeHome({ mcpServers: { alpha: fixtureServer('ok') } });
});
afterEach(async () => {
  for (const hub of running) await hub.stop();
  running = [];
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

test('a hub that is killed leaves no process behind, whatever its servers do', async () => {
  writeConfig({
    mcpServers: {
      a: fixtureServer('ok'),
      b: fixtureServer('ignore-stdin-end'),
      c: fixtureServer('fork-children'),
    },
  });
  const hub = await boot();
  for (const id of ['a', 'b', 'c']) await hub.send('POST', `/api/servers/${id}/restart`);
  await eventually(async () => (await statusOf(hub)).servers.every(({ state }) => state === 'ready'));
  const marked = () => markedProcesses(place.home);
  expect(marked().length).toBeGreaterThan(3);
  await hub.kill();
  await eventually(() => marked().length === 0);
});

test('a second hub on the same data says which one is there, and the first goes on', async () => {
  const hub = await boot();
  const second = tryStart('--port', '0');
  expect(second.status).toBe(5);
  expect(second.stderr).toContain(`process ${hub.pid}`);
  expect(second.stderr).not.toMatch(/\n\s+at /);
  expect((await statusOf(hub)).ready).toBe(true);
});

test('a taken port is one clear sentence, and leaves nothing behind', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = z.object({ port: z.number() }).parse(other.address());
  const { status, stderr } = tryStart('--port', String(port));
  other.close();
  expect(status).toBe(5);
  expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
  expect((await boot()).url).toMatch(/^http/);
});

test('a data folder that cannot be written is one clear sentence', () => {
  writeConfig({ dataDir: 'hub.config.json/data' });
  const { status, stderr } = tryStart('--port', '0');
  expect(status).toBe(5);
  expect(stderr).toContain('Cannot write to');
});

test('a configuration that breaks while the hub runs is reported, and what ran goes on', async () => {
  const hub = await boot();
  await eventually(async () => (await statusOf(hub)).tools === 1);
  writeFileSync(join(place.home, 'hub.config.json'), '{ "mcpServers": { "alpha": { "comand": "x" } } }');
  await eventually(async () => (await statusOf(hub)).config.problem !== undefined);
  expect((await statusOf(hub)).config.problem).toContain('mcpServers.alpha');
  expect(await hub.rpc('tools/call', { name: 'alpha__echo', arguments: { text: 'still' } })).toMatchObject({
    content: [{ text: 'still' }],
  });
  writeConfig({ mcpServers: { alpha: fixtureServer('ok'), beta: fixtureServer('ok') } });
  await eventually(async () => (await statusOf(hub)).tools === 2);
  expect((await statusOf(hub)).config.problem).toBeUndefined();
});

test('what became of the configuration is told: an event when it is refused, notes, and what waits for a restart', async () => {
  const hub = await boot();
  writeFileSync(join(place.home, 'hub.config.json'), '{ "listen": { "port": "x" } }');
  const events = async () => EventPage.parse(await hub.get('/api/events')).events;
  await eventually(async () => (await events()).some(({ kind }) => kind === 'config-rejected'));
  writeConfig({ log: { level: 'warn' }, mcpServers: { 'My Alpha': fixtureServer('ok') } });
  await eventually(async () => (await statusOf(hub)).config.needsRestart.length > 0);
  const { config } = await statusOf(hub);
  expect(config.needsRestart).toEqual(['log.level']);
  expect(config.notes.join()).toContain('My Alpha');
  const doctor = await hubOutput('doctor', '--json');
  expect(doctor).toContain('log.level was changed');
  expect(doctor).toContain('My Alpha');
  expect(await hubOutput('status')).toContain('waits for a restart: log.level');
});

test('a name that two servers offer, and a server that cannot be made, are shown with what mends them', async () => {
  writeConfig({
    mcpServers: {
      alpha: { ...fixtureServer('ok'), prefix: '' },
      beta: { ...fixtureServer('ok'), prefix: '' },
      lost: fixtureServer('ok', { API_TOKEN: '${env:NOWHERE_TO_BE_FOUND}' }),
    },
  });
  const hub = await boot();
  await eventually(async () => (await statusOf(hub)).leftOut.length > 0);
  const { leftOut, problems } = await statusOf(hub);
  expect(leftOut).toMatchObject([{ server: 'beta', kind: 'tool', name: 'echo', code: 'NAME_COLLISION' }]);
  expect(problems).toMatchObject([{ server: 'lost', code: 'CONFIG_REFERENCE_MISSING' }]);
  const doctor = await hubOutput('doctor', '--json');
  for (const words of ['alpha and beta both offer echo', 'prefix', 'NOWHERE_TO_BE_FOUND'])
    expect(doctor).toContain(words);
  expect(await hubOutput('status')).toContain('alpha and beta both offer echo');
});

test('a configuration that is broken at the start stops the start with its place', () => {
  writeFileSync(
    join(place.home, 'hub.config.json'),
    '{\n  "mcpServers": {\n    "alpha": { "comand": "x" }\n  }\n}',
  );
  const { status, stderr } = tryStart('--port', '0');
  expect(status).toBe(4);
  expect(stderr).toContain('mcpServers.alpha');
  expect(stderr).toContain('hub.config.json');
});

test('a server that cannot start is a precise problem of its own, and ends in quarantine when it keeps crashing', async () => {
  writeConfig({ mcpServers: { alpha: fixtureServer('ok'), broken: fixtureServer('crash-on-start') } });
  const hub = await boot();
  await eventually(async () => (await statusOf(hub)).tools === 1);
  await eventually(async () => (await detailOf(hub, 'broken')).problem !== undefined);
  const { problem, stderr } = await detailOf(hub, 'broken');
  expect(problem).toMatch(/exit(?:ed)?|code/);
  expect(stderr.length).toBeGreaterThan(0);
  expect(await hub.rpc('tools/call', { name: 'alpha__echo', arguments: { text: 'x' } })).toMatchObject({
    content: [{ text: 'x' }],
  });
});

test('changes need the token, reads of states do not, and no foreign page gets anything', async () => {
  const hub = await boot();
  const plain = async (method: string, path: string, headers: Record<string, string> = {}) =>
    (await fetch(hub.url + path, { method, headers })).status;
  const mutations = [
    '/api/servers',
    '/api/servers/alpha/disable',
    '/api/call',
    '/api/reload',
    '/api/shutdown',
  ];
  expect(await Promise.all(mutations.map((path) => plain('POST', path)))).toEqual(mutations.map(() => 401));
  const reads = ['/api/status', '/api/servers', '/api/tools', '/api/events'];
  expect(await Promise.all(reads.map((path) => plain('GET', path)))).toEqual(reads.map(() => 200));
  expect(await plain('POST', '/api/reload', { authorization: 'Bearer wrong' })).toBe(401);
  expect(await plain('GET', '/api/status', { origin: 'https://evil.test' })).toBe(403);
  expect(await plain('POST', '/mcp', { origin: 'https://evil.test' })).toBe(403);
  expect(await plain('GET', '/nowhere')).toBe(404);
});

test('what a server printed is shown with the token only', async () => {
  writeConfig({ mcpServers: { alpha: fixtureServer('flood-stderr') } });
  const hub = await boot();
  await eventually(async () => (await detailOf(hub, 'alpha')).stderr.length > 0);
  const printed = (await detailOf(hub, 'alpha')).stderr[0] ?? '';
  expect(await hubOutput('inspect', 'alpha')).toContain('Standard error');
  const unasked = async (method: string, path: string) => {
    const response = await fetch(hub.url + path, { method });
    return [response.status, (await response.text()).includes(printed)];
  };
  expect(await unasked('GET', '/api/logs')).toEqual([401, false]);
  expect(await unasked('GET', '/api/servers/alpha')).toEqual([401, false]);
  expect(await unasked('HEAD', '/api/servers/alpha')).toEqual([401, false]);
  expect(await unasked('GET', '/api/servers')).toEqual([200, false]);
});

test('what needs the token needs it however its path is written', async () => {
  const hub = await boot();
  const statusOfPath = async (path: string): Promise<number | undefined> => {
    const sent = request({ host: '127.0.0.1', port: new URL(hub.url).port, path }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage]; // the event's only argument
    response.resume();
    return response.statusCode;
  };
  const written = [
    '/api/%6Cogs',
    '/api/./logs',
    '/api/x/../logs',
    '/api/logs#x',
    `${hub.url}/api/logs`,
    '/api/servers/alpha?x=1',
    '/api/servers/%61lpha',
    '/api/%73ervers/alpha',
  ];
  expect(await Promise.all(written.map(statusOfPath))).toEqual(written.map(() => 401));
});

test('garbage over HTTP is answered and harms nobody', async () => {
  const hub = await boot();
  const { port } = new URL(hub.url);
  const raw = async (text: string) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(text);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    return Buffer.concat(chunks).toString();
  };
  expect(await raw('\u0000\u0001garbage\r\n\r\n')).toContain('400');
  expect(await raw('GET / HTTP/1.1\r\n\r\n')).toContain('400');
  const post = async (body: string, type = 'application/json') =>
    (
      await fetch(`${hub.url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': type, accept: 'application/json, text/event-stream' },
        body,
      })
    ).status;
  const statuses = [
    await post('{'),
    await post('[]'),
    await post('null'),
    await post('"x"'),
    await post('{}', 'text/plain'),
  ];
  expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
  expect(await post('['.repeat(100_000))).toBe(400);
  expect((await statusOf(hub)).ready).toBe(true);
});

test('a secret is in no log, list, error or event, whatever a server does with it', async () => {
  const canary = 'canary-7f3a9c51d0e84b6f';
  const leaking = (env: Record<string, string> = {}) =>
    fixtureServer('leak-secret', { API_TOKEN: '${env:CANARY}', ...env });
  writeConfig({
    log: { level: 'debug' },
    mcpServers: {
      alpha: fixtureServer('ok', { API_TOKEN: '${env:CANARY}' }),
      leaks: { ...leaking(), args: [...leaking().args, '--key', '${env:CANARY_KEY}'] },
      fails: leaking({ LEAK_AT_START: '1' }),
    },
  });
  const hub = await boot({ CANARY: canary, CANARY_KEY: `${canary}-2` });
  await eventually(async () => (await statusOf(hub)).tools === 3);
  await eventually(async () => (await detailOf(hub, 'fails')).problem !== undefined);
  await hub.rpc('tools/call', { name: 'alpha__echo', arguments: { text: 'x' } });
  const lost = await hub.rpc('tools/call', { name: 'leaks__leak' }).catch(String);
  expect(lost).toContain('fatal: [redacted] was refused');
  const refused = await hub.send('POST', '/api/call', { tool: 'leaks__refuse' });
  expect(refused.body).toMatchObject({ code: 'CALL_REFUSED' });
  const paths = ['status', 'servers', 'servers/leaks', 'servers/fails', 'tools', 'events'];
  const read = await Promise.all(paths.map((path) => hub.get(`/api/${path}`)));
  expect(JSON.stringify(read)).toContain('cannot log in with [redacted]');
  const printed = await Promise.all(
    [['logs'], ['inspect', 'leaks'], ['inspect', 'fails'], ['doctor'], ['status'], ['list']].map((args) =>
      hubOutput(...args, '--json'),
    ),
  );
  const log = readFileSync(join(place.home, '.hub', 'hub.log'), 'utf8');
  expect(log).toContain('[redacted]');
  for (const said of [JSON.stringify([lost, refused, read]), ...printed, log])
    expect(said).not.toContain(canary);
});

test('a hub that is asked to stop answers that, finishes calls in flight, and takes nothing new', async () => {
  writePackage(join(place.home, 'servers', 'slow'), { id: 'slow' });
  const hub = await boot();
  await eventually(async () => (await statusOf(hub)).tools === 2);
  const call = hub.rpc('tools/call', { name: 'slow__hello', arguments: { waitMs: 1_000 } });
  await eventually(async () => (await detailOf(hub, 'slow')).stderr.includes('hello begins'));
  const ended = once(hub.child, 'exit');
  expect(await hub.send('POST', '/api/shutdown')).toEqual({ status: 202, body: { stopping: true } });
  await expect(fetch(`${hub.url}/healthz`, { headers: { connection: 'close' } })).rejects.toThrow(
    'fetch failed',
  );
  expect(await call).toMatchObject({ content: [{ text: 'hello of 1.0.0' }] });
  expect(await ended).toEqual([0, null]);
});

test('a call that takes longer than a stopping hub waits gets a clear error', async () => {
  writePackage(join(place.home, 'servers', 'slow'), { id: 'slow' });
  const hub = await boot();
  await eventually(async () => (await statusOf(hub)).tools === 2);
  const call = hub.rpc('tools/call', { name: 'slow__hello', arguments: { waitMs: 60_000 } });
  const outcome = call.catch(String);
  await eventually(async () => (await detailOf(hub, 'slow')).stderr.includes('hello begins'));
  expect(await hub.stop()).toBe(0);
  expect(await outcome).toBe('Error: slow ended while the call was running: it was stopped');
});

test('the hub ends on Ctrl-C with nothing left and a clean exit code', async () => {
  const hub = await boot();
  await hub.send('POST', '/api/servers/alpha/restart');
  hub.child.kill('SIGINT');
  const [code] = z.tuple([z.number().nullable(), z.unknown()]).parse(await once(hub.child, 'exit'));
  expect(code).toBe(0);
});

test.runIf(existsSync('/dev/full'))(
  'a disk that takes no more of the log does not end the hub, which says so',
  async () => {
    mkdirSync(join(place.home, '.hub'));
    symlinkSync('/dev/full', join(place.home, '.hub', 'hub.log'));
    const hub = await boot();
    let printed = '';
    hub.child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await eventually(async () => (await statusOf(hub)).tools === 1);
    await hub.send('POST', '/api/servers/alpha/restart');
    expect(await hub.rpc('tools/call', { name: 'alpha__echo', arguments: { text: 'on' } })).toMatchObject({
      content: [{ text: 'on' }],
    });
    expect(hub.child.exitCode).toBeNull();
    await eventually(() => printed.includes('"msg":'));
  },
);

test('while another program holds the database, a removed server goes, a new one waits, and others are served', async () => {
  writeConfig({ mcpServers: { alpha: fixtureServer('ok'), beta: fixtureServer('ok') } });
  const hub = await boot();
  await eventually(async () => (await statusOf(hub)).tools === 2);
  const other = await openStore(join(place.home, '.hub', 'hub.db'));
  await sql`BEGIN IMMEDIATE`.execute(other);
  writeConfig({ mcpServers: { alpha: fixtureServer('ok'), gamma: fixtureServer('ok') } });
  const problems = async () => (await statusOf(hub)).problems;
  await eventually(async () => (await problems()).length > 0);
  expect(await problems()).toMatchObject([{ server: 'gamma', code: 'DATA_UNWRITABLE' }]);
  expect((await statusOf(hub)).servers.map(({ id }) => id)).toEqual(['alpha']);
  await eventually(() => markedProcesses(place.home).length === 1);
  expect(await hub.rpc('tools/call', { name: 'alpha__echo', arguments: { text: 'on' } })).toMatchObject({
    content: [{ text: 'on' }],
  });
  await sql`ROLLBACK`.execute(other);
  await other.destroy();
  // Nobody needs to say so: it is tried again.
  await eventually(async () => (await statusOf(hub)).tools === 2);
  expect(await problems()).toEqual([]);
});
