import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  eventually,
  fixtureServer,
  HUB_PROGRAM,
  makeHome,
  markedProcesses,
  startHub,
} from '../fixtures/hub.ts';
import { LineClient } from '../fixtures/gateway/line-client.ts';
import { modernMeta } from '../fixtures/gateway/raw-client.ts';

let place: ReturnType<typeof makeHome>;
const cleanUp: (() => unknown)[] = [];
beforeEach(() => {
  place = makeHome({ mcpServers: { ok: fixtureServer('ok') } });
});
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
  place.remove();
});

function standAlone(...args: string[]) {
  const child = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--alone', '--home', place.home, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: place.home },
  });
  cleanUp.push(() => child.kill('SIGKILL'));
  const client = new LineClient();
  client.input.pipe(child.stdin);
  child.stdout.pipe(client.output);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { client, ended: once(child, 'exit').then(([code]) => ({ code: Number(code), said })) };
}

test('a hub that stands alone serves its client and ends with it, and nothing is left', async () => {
  const { client, ended } = standAlone('--server', 'ok');
  await client.initialize();
  let at = 0;
  await eventually(async () =>
    JSON.stringify((await client.request((at += 1), 'tools/list')).result).includes('"echo"'),
  );
  const { result } = await client.request('list', 'tools/list');
  expect(result).toMatchObject({ tools: [{ name: 'echo' }] });
  expect(markedProcesses(place.home)).toHaveLength(1);
  client.end();
  expect(await ended).toMatchObject({ code: 0 });
  expect(markedProcesses(place.home)).toEqual([]);
});

test.each([{}, { last: true }])(
  'an answer of megabytes comes whole from a hub that stands alone (%o)',
  async (args) => {
    place.remove();
    place = makeHome({ mcpServers: { far: fixtureServer('long-answers') } });
    const { client } = standAlone('--server', 'far');
    await client.initialize();
    const bytes = 8_000_000;
    const { result } = await client.request('far', 'tools/call', {
      name: 'long',
      arguments: { ...args, bytes },
    });
    expect(result).toMatchObject({ content: [{ text: 'x'.repeat(bytes) }] });
  },
);

test('no hub stands alone beside another one of the same home', async () => {
  const hub = await startHub(place.home);
  cleanUp.push(() => hub.stop());
  const { ended } = standAlone();
  const { code, said } = await ended;
  expect(code).not.toBe(0);
  expect(said).toContain('HUB_ALREADY_RUNNING');
});

test.each(['legacy', 'modern'] as const)(
  'a client of the %s era that closes its output gets the answers of its calls before the hub ends',
  async (era) => {
    place.remove();
    place = makeHome({ mcpServers: { slow: fixtureServer('effects') } });
    const { client, ended } = standAlone('--server', 'slow');
    await client.initialize();
    await eventually(async () =>
      JSON.stringify((await client.request('l', 'tools/list')).result).includes('"count"'),
    );
    const _meta = era === 'modern' ? modernMeta() : {};
    const params = { name: 'count', arguments: {}, _meta };
    if (era === 'modern') void client.request('news', 'subscriptions/listen', { notifications: {}, _meta });
    const answer = client.request('slow', 'tools/call', params);
    client.input.end();
    expect((await answer).result).toMatchObject({ content: [{ text: 'count done' }] });
    expect(await ended).toMatchObject({ code: 0 });
    expect(markedProcesses(place.home)).toEqual([]);
  },
);
