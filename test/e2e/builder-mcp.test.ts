import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { MirrorSummary } from '@counterpart/schemas/mirror/api';
import { createMirror } from '@counterpart/scaffolds/mirror/mirror';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, FIXTURE_SERVERS, type TestHome } from './cli-runner.ts';

const program = fileURLToPath(new URL('../fixtures/upstream/sdk-v2.mjs', import.meta.url));

const Names = z.object({ tools: z.array(z.object({ definition: z.object({ name: z.string() }) })) });

let place: TestHome;
beforeAll(async () => {
  place = createTestHome({ mcpServers: { lib: { command: process.execPath, args: [program] } } });
  const started = await place.run(['start', '--home', place.home, '--detach']);
  expect(started.code).toBe(0);
});
afterAll(() => place.dispose());

const hub = (...args: string[]) => {
  const [command = '', ...rest] = args;
  return place.run([command, '--home', place.home, '--json', ...rest]);
};

test('a server of the hub is built into one that calls its tools over REST', async () => {
  const token = readFileSync(join(place.home, '.hub/token'), 'utf8').trim();
  writeFileSync(
    join(place.home, '.hub/secrets.env'),
    `LIB_REST_HUB_TOKEN=${token}\nLIB_REST_TOKEN=${token}\n`,
  );
  const built = await hub('build', '--from', 'mcp:lib', '--name', 'lib-rest');
  expect(built.code).toBe(0);
  const report = built.json(BuildReport);
  expect(report).toMatchObject({ format: 'MCP server', source: 'mcp:lib', check: { callOutcome: 'ok' } });
  expect(report.secrets).toHaveLength(1);
  const listed = await hub('list', '--tools', '--server', 'lib');
  const own = listed.json(Names).tools.map(({ definition }) => definition.name.replace(/^lib__/, ''));
  expect(report.tools.toSorted()).toEqual(own.toSorted());
  const called = await hub('call', 'lib-rest__echo', 'body.text=through REST');
  expect(called.stdout).toContain('through REST');
});

test('its mirror answers in its place', async () => {
  const text = readFileSync(join(place.home, 'servers/lib-rest/blueprint.json'), 'utf8');
  const blueprint = Blueprint.parse(JSON.parse(text));
  const mirror = createMirror(blueprint);
  const echo = blueprint.operations.find(({ name }) => name === 'echo');
  const ask = (body: string) =>
    mirror.fetch(
      new Request(`http://mirror.test${echo?.http.path ?? ''}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    );
  expect((await ask('{"text":"a"}')).status).toBe(200);
  expect((await ask('{"text":5}')).status).toBeGreaterThanOrEqual(400);
});

test('its mirror is an MCP server of both eras: what was recorded is replayed, the rest made up', async () => {
  verifies('M33');
  const listed = (await hub('list', '--tools', '--server', 'lib')).json(Names);
  const own = listed.tools.map(({ definition }) => definition.name.replace(/^lib__/, ''));
  const start = async (...how: string[]) =>
    (await place.run(['mirror', 'start', 'lib-rest', '--home', place.home, '--json', ...how])).json(
      MirrorSummary,
    );
  const recording = await start('--mode', 'record', '--port', '0', '--credentials', 'environment');
  const url = recording.ownUrl ?? '';
  const recorder = await connectSdk('legacy', `${url}/`);
  const echoed = { content: [{ type: 'text', text: 'first' }] };
  expect(await recorder.call('echo', { text: 'first' })).toMatchObject(echoed);
  await recorder.close();
  await start('--mode', 'hybrid');
  for (const era of ['legacy', 'modern'] as const) {
    const client = await connectSdk(era, `${url}/mcp`);
    expect((await client.tools()).map(({ name }) => name)).toEqual(own);
    expect(await client.call('echo', { text: 'first' })).toMatchObject(echoed);
    expect(await client.call('echo', { text: 'second' })).toMatchObject({ content: [{ type: 'text' }] });
    expect(await client.call('echo', { text: 2 })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('text') as string }],
    });
    await expect(client.call('none')).rejects.toMatchObject({ code: -32602 });
    await client.close();
  }
});

test('a server that is only just starting is waited for, and one that cannot start is told with its reason', async () => {
  const fresh = createTestHome({
    mcpServers: {
      slow: {
        command: process.execPath,
        args: [join(FIXTURE_SERVERS, 'slow-start.mjs')],
        env: { SLOW_START_MS: '3000' },
      },
      broken: { command: process.execPath, args: [join(FIXTURE_SERVERS, 'crash-on-start.mjs')] },
      off: { command: process.execPath, args: [program], enabled: false },
    },
  });
  try {
    await fresh.run(['start', '--detach']);
    const built = await fresh.run(['build', '--from', 'mcp:slow', '--name', 'slow-rest', '--json']);
    expect([built.code, built.stderr]).toEqual([0, expect.any(String)]);
    expect(built.json(BuildReport).tools.length).toBeGreaterThan(0);
    const broken = await fresh.run(['build', '--from', 'mcp:broken']);
    expect(broken.stderr).toMatch(/Cannot read mcp:broken: .+/);
    const off = await fresh.run(['build', '--from', 'mcp:off']);
    expect(off.stderr).toContain('it is disabled; `hub enable off`');
  } finally {
    await fresh.dispose();
  }
});

test('a server that the hub does not know, and an address, are refused with the next step', async () => {
  const unknown = await hub('build', '--from', 'mcp:nowhere');
  expect(unknown.code).not.toBe(0);
  expect(unknown.stdout + unknown.stderr).toContain('nowhere');
  const address = await hub('build', '--from', 'mcp:https://example.test/mcp');
  expect(address.stdout + address.stderr).toContain('hub add');
});
