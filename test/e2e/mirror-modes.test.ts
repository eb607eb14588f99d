import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { HarFile } from '@counterpart/schemas';
import { MirrorInspection, MirrorSummary } from '@counterpart/schemas/mirror/api';
import { LearnedBehaviour } from '@counterpart/schemas/mirror/behaviour';
import { ContractDiff } from '@counterpart/schemas/mirror/contract-diff';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { SHOP_SECRETS, shopDescription, startShop, type Shop } from '../fixtures/mirrors/shop.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let shop: Shop;
let place: TestHome;
let hub: TestHub;

/** A hub of its own, with a mirror of the shop that was started by the command line. */
beforeAll(async () => {
  shop = await startShop();
  place = createTestHome();
  writeFileSync(join(place.home, 'shop.json'), JSON.stringify(shopDescription(shop.url)));
  hub = await startHub(place.home);
  const started = await place.run(['mirror', 'start', '--from', 'shop.json', '--port', '0', '--json']);
  expect([started.code, started.json(MirrorSummary).running]).toEqual([0, true]);
});

afterAll(async () => {
  await hub.stop();
  await place.dispose();
  await shop.close();
});

afterEach(async () => {
  await place.run(['mirror', 'fault', 'shop', '--clear']);
  await place.run(['mirror', 'start', 'shop', '--mode', 'simulate']);
});

const below = (path: string): string => `${hub.url}/mirror/shop${path}`;
const run = async (...args: string[]) => {
  const ran = await place.run(['mirror', ...args]);
  return { ...ran, said: `${ran.stdout}${ran.stderr}` };
};
const inspect = async (name = 'shop') =>
  (await place.run(['mirror', 'inspect', name, '--json'])).json(MirrorInspection);
const call = (path: string, body?: object, headers: Record<string, string> = {}) =>
  fetch(below(path), {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

/** Every file that the hub wrote, as one text. */
const everything = (): string =>
  globSync('.hub/**/*', { cwd: place.home, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
    .join('\n');

test('records what the real service answers, without any secret on the disk, and answers with it when the service is gone', async () => {
  verifies('M11', 'M17');
  await run('record', 'shop', '--recording', 'first');
  const token = { authorization: `Bearer ${SHOP_SECRETS[0]}` };
  const live = await (await call('/items', undefined, token)).text();
  // Read to its end: an exchange is written down before its end is passed on.
  await (await call('/login?api_key=query-key-4', { user: 'ada', password: SHOP_SECRETS[2] }, token)).text();
  expect(shop.calls).toContain(`GET /v1/items Bearer ${SHOP_SECRETS[0]}`);
  const har = HarFile.parse(
    JSON.parse(readFileSync(join(place.home, '.hub/mirrors/shop/recordings/first.har'), 'utf8')),
  );
  expect(har.log.entries.map(({ request, _operation }) => [request.method, request.url, _operation])).toEqual(
    [
      ['GET', `${shop.url}/items`, 'list_items'],
      ['POST', `${shop.url}/login?api_key=%5Bredacted%5D`, 'login'],
    ],
  );
  const written = everything();
  expect(SHOP_SECRETS.filter((secret) => written.includes(secret))).toEqual([]);

  const learned = await run('fault', 'shop', 'learned', '--recording', 'first', '--json');
  expect(learned.json(LearnedBehaviour)).toMatchObject({
    recording: 'first',
    behaviour: [
      { operation: 'list_items', calls: 1, statuses: { 200: 1 } },
      { operation: 'login', calls: 1, statuses: { 200: 1 } },
    ],
  });
  await run('fault', 'shop', '--clear');

  await run('replay', 'shop', '--recording', 'first');
  const before = shop.calls.length;
  expect(await (await call('/items')).text()).toBe(live);
  expect((await call('/login', { user: 'ada', password: 'another' })).status).toBe(200);
  const miss = await call('/items?page=3');
  expect([miss.status, miss.headers.get('x-mirror-replay')]).toEqual([502, 'miss']);
  expect(await miss.json()).toMatchObject({
    near: [{ method: 'GET', path: '/items', differences: ['query page: recorded nothing, asked "3"'] }],
  });
  expect(shop.calls.length).toBe(before);
});

test('follows redirects within the service only, and not for ever', async () => {
  await run('start', 'shop', '--mode', 'pass');
  expect(await (await call('/moved')).json()).toMatchObject({ id: 1 });
  const away = await fetch(below('/away'), { redirect: 'manual' });
  expect([away.status, away.headers.get('location')]).toEqual([302, 'http://other.example/x']);
  const loop = await fetch(below('/loop'), { redirect: 'manual' });
  expect([loop.status, loop.headers.get('location')]).toEqual([302, '/mirror/shop/loop']);
  expect(shop.calls.filter((line) => line === 'GET /v1/loop').length).toBe(6);
});

test('watches both sides while it passes on, and names where the service differs from its description', async () => {
  await run('start', 'shop', '--mode', 'spy');
  await run('reset', 'shop');
  const seen = await call('/items');
  expect(Number(seen.headers.get('x-mirror-findings'))).toBe(3);
  const wrong = await call('/items', { price: 'dear' });
  expect(wrong.status).toBe(201);
  const { code, ...ran } = await place.run(['mirror', 'diff', 'shop', '--spied', '--json']);
  const diff = ran.json(ContractDiff);
  expect(code).toBe(4);
  expect(diff.findings.map(({ kind, operation, place: where }) => [kind, operation, where])).toEqual(
    expect.arrayContaining([
      ['missing-required', 'list_items', 'response body /[]/name'],
      ['response-breach', 'list_items', 'response body /[]/id'],
      ['unknown-field', 'list_items', 'response body /[]/colour'],
      ['request-breach', 'add_item', 'request body /name'],
      ['request-breach', 'add_item', 'request body /price'],
      ['response-breach', 'add_item', 'response body /price'],
    ]),
  );
});

test('compares a recording, and the service itself, with the description; reads only, and says what it did not see', async () => {
  verifies('M08');
  await run('record', 'shop', '--recording', 'compared');
  for (const path of ['/items', '/unheard-of', '/moved']) await (await call(path)).text();
  const kept = await place.run(['mirror', 'diff', 'shop', '--recording', 'compared', '--json']);
  const recorded = kept.json(ContractDiff);
  expect(recorded.findings.map(({ kind, path }) => [kind, path])).toEqual(
    expect.arrayContaining([
      ['undocumented-endpoint', '/moved'],
      ['missing-required', '/items'],
    ]),
  );
  expect(recorded.findings.some(({ path }) => path === '/unheard-of')).toBe(false);
  const calls = shop.calls.length;
  const { code, ...asked } = await place.run(['mirror', 'diff', 'shop', '--live', '--json']);
  const live = asked.json(ContractDiff);
  expect([code, live.against, live.operations.exercised]).toEqual([4, 'service', 2]);
  expect(live.operations.unexercised.map(({ operation }) => operation).sort()).toEqual([
    'add_item',
    'login',
    'remove_item',
  ]);
  expect(shop.calls.slice(calls).every((line) => line.startsWith('GET '))).toBe(true);
  await run('record', 'shop', '--recording', 'empty');
  const nothing = await run('diff', 'shop', '--recording', 'empty');
  expect([nothing.code, nothing.said]).toEqual([4, expect.stringMatching(/Nothing was compared.*is empty/)]);
  const unknown = await run('diff', 'shop', '--recording', 'comparde');
  expect([unknown.code, unknown.said]).toEqual([3, expect.stringMatching(/Did you mean compared\?/)]);
});

test('mixes recorded and made-up answers, and real reads with simulated writes', async () => {
  await run('record', 'shop', '--recording', 'mixed');
  await (await call('/items/1')).text();
  await run('start', 'shop', '--mode', 'hybrid', '--hybrid', 'recorded-first');
  expect(await (await call('/items/1')).json()).toEqual({ id: 1, name: 'Lamp', colour: 'red' });
  expect(await (await call('/items/77')).json()).toMatchObject({ id: 77 });

  await run('start', 'shop', '--mode', 'hybrid', '--hybrid', 'live-reads');
  const before = shop.calls.length;
  const made = z.object({ id: z.int() }).parse(await (await call('/items', { name: 'Chair' })).json());
  expect(shop.calls.length).toBe(before);
  expect(await (await call(`/items/${made.id}`)).text()).toMatch(/"name":"Chair"/);
  expect(await (await call('/items/1')).json()).toMatchObject({ colour: 'red' });
});

test('a service that is down, and one that breaks off, are told as that; credentials of the hub are given only when that is said', async () => {
  const gone = await startShop();
  await run('start', 'gone', '--target', gone.url, '--mode', 'pass');
  await gone.close();
  const down = await fetch(`${hub.url}/mirror/gone/items`);
  expect([down.status, await down.json()]).toEqual([
    502,
    expect.objectContaining({ code: 'SERVICE_UNREACHABLE' }),
  ]);
  const diff = await run('diff', 'gone', '--live');
  expect(diff.code).toBe(0); // nothing is described, so nothing differs
  await run('start', 'shop', '--mode', 'pass');
  await call('/items');
  expect(shop.calls.at(-1)).toBe('GET /v1/items');
});

describe('faults on request', () => {
  test('a limit answers 429 in the form of the description, with the time to wait', async () => {
    await run('fault', 'shop', 'rate-limit', '--times', '1', '--retry-after', '7');
    const limited = await call('/items');
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toEqual([
      429,
      '7',
      { code: 429, message: 'Too many requests; try again in 7 s.' },
    ]);
    expect((await call('/items')).status).toBe(200);
  });

  test('connections are reset, bodies break off, are garbled and trickle', async () => {
    await run('fault', 'shop', 'reset', '--times', '1');
    await expect(call('/items')).rejects.toThrow('fetch failed');
    await run('fault', 'shop', 'truncate', '--times', '1');
    const cut = await call('/items');
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow('terminated');
    await run('fault', 'shop', 'malformed', '--times', '1');
    const garbled = await call('/items');
    await expect(garbled.json()).rejects.toThrow(SyntaxError);
    await run('fault', 'shop', 'drip', '--times', '1', '--bytes-per-second', '4000');
    const trickled = await call('/items');
    expect(Array.isArray(await trickled.json())).toBe(true);
  });

  test('one operation fails at a rate that a seed decides, also at the port of its own', async () => {
    const { ownUrl = '' } = await inspect();
    const course = async (): Promise<string> => {
      await run(
        'fault',
        'shop',
        'error',
        '--rate',
        '0.5',
        '--id',
        'luck',
        '-o',
        'get_item',
        '--status',
        '503',
      );
      const statuses: number[] = [];
      for (let n = 0; n < 12; n += 1) statuses.push((await fetch(`${ownUrl}/items/5`)).status);
      expect((await fetch(`${ownUrl}/items`)).status).toBe(200);
      return statuses.join(' ');
    };
    const first = await course();
    expect(first).toMatch(/503/);
    expect(first).toMatch(/200/);
    expect(await course()).toBe(first);
  });

  test('what is no fault is refused with what would be', async () => {
    const odd = await run('fault', 'shop', 'explode');
    expect([odd.code, odd.said]).toEqual([2, expect.stringMatching(/rate-limit, latency, error/)]);
    const strange = await run('fault', 'shop', 'error', '-o', 'nothing');
    expect([strange.code, strange.said]).toEqual([4, expect.stringMatching(/no operation named nothing/)]);
    const none = await run('fault', 'shop', '--clear', 'ghost');
    expect([none.code, none.said]).toEqual([4, expect.stringMatching(/no fault named ghost/)]);
  });
});

test('plays a scenario from a file, and refuses one that could not be played', async () => {
  const file = place.write(
    'home/sold-out.json',
    JSON.stringify({
      name: 'sold-out',
      steps: [
        {
          in: 'start',
          when: { operation: 'add_item' },
          answer: { status: 201, json: { id: 9, name: '{{request.body.name}}' } },
          to: 'full',
        },
        {
          in: 'full',
          when: { method: 'POST' },
          answer: { status: 409, text: 'Sold out, {{request.body.name}}' },
        },
      ],
    }),
  );
  expect((await run('scenario', 'shop', '--add', file)).code).toBe(0);
  expect(await (await call('/items', { name: 'Desk' })).json()).toEqual({ id: 9, name: 'Desk' });
  expect(await (await call('/items', { name: 'Desk' })).text()).toBe('Sold out, Desk');
  expect((await call('/items')).status).toBe(200);
  await run('scenario', 'shop', '--off');
  expect((await call('/items', { name: 'Desk' })).status).toBe(201);
  const bad = place.write(
    'home/bad.json',
    JSON.stringify({ name: 'bad', steps: [{ when: {}, answer: { text: '{{eval x}}' } }] }),
  );
  const refused = await run('scenario', 'shop', '--add', bad);
  expect([refused.code, refused.said]).toEqual([4, expect.stringMatching(/\{\{eval x\}\}/)]);
});

test('becomes a service that is known by its traffic alone: what was seen is answered as it was, the rest is made up', async () => {
  verifies('M02');
  const entries = [101, 102, 103, 104].map((id) => ({
    startedDateTime: '2026-01-01T00:00:00.000Z',
    request: {
      method: 'GET',
      url: `https://api.zoo.example/v2/animals/${id}`,
      headers: [{ name: 'authorization', value: 'Bearer seen-in-traffic-9' }],
    },
    response: {
      status: 200,
      headers: [{ name: 'content-type', value: 'application/json' }],
      content: { mimeType: 'application/json', text: JSON.stringify({ id, name: `n${id}`, legs: 4 }) },
    },
  }));
  const har = HarFile.parse({
    log: { version: '1.2', creator: { name: 'a browser', version: '1' }, entries },
  });
  place.write('home/zoo.har', JSON.stringify(har));
  expect((await run('start', '--from', 'zoo.har', '--name', 'zoo')).code).toBe(0);
  const animal = async (id: number) => (await fetch(`${hub.url}/mirror/zoo/v2/animals/${id}`)).json();
  expect(await animal(102)).toEqual({ id: 102, name: 'n102', legs: 4 });
  const Animal = z.object({ id: z.literal(999), name: z.string(), legs: z.number() });
  expect(Animal.safeParse(await animal(999)).error).toBeUndefined();
  expect(everything()).not.toContain('seen-in-traffic-9');
});

test('what is put in can be read, and is forgotten at a reset', async () => {
  verifies('M10');
  const file = place.write(
    'home/data.json',
    JSON.stringify({ items: [{ id: 41, name: 'Put' }, { name: 'Numbered' }] }),
  );
  expect((await run('seed', 'shop', file)).said).toMatch(/2 things put in/);
  expect(await (await call('/items/41')).json()).toMatchObject({ id: 41, name: 'Put' });
  const list = await (await call('/items')).text();
  expect(list).toMatch(/Numbered/);
  await run('reset', 'shop');
  expect(await (await call('/items')).text()).not.toMatch(/Numbered/);
  const odd = place.write('home/odd.json', JSON.stringify({ rockets: [{}] }));
  const refused = await run('seed', 'shop', odd);
  expect([refused.code, refused.said]).toEqual([4, expect.stringMatching(/keeps no rockets; it keeps/)]);
});

test('a mirror, a server and a port that are not there are told with what to do', async () => {
  for (const args of [
    ['inspect', 'shpo'],
    ['start', 'shpo'],
    ['record', 'shpo'],
    ['stop', 'shpo'],
  ]) {
    const ran = await run(...args);
    expect([args, ran.code, ran.said]).toEqual([
      args,
      3,
      expect.stringMatching(/no mirror named shpo. Did you mean shop\?/),
    ]);
  }
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo; // a TCP server has one
  const ran = await run('start', '--target', shop.url, '--name', 'late', '--port', String(port));
  expect([ran.code, ran.said]).toEqual([5, expect.stringContaining(String(port))]);
  const listed = (await place.run(['mirror', 'list', '--json'])).json(
    z.object({ mirrors: z.array(MirrorSummary) }),
  );
  expect(listed.mirrors.find(({ name }) => name === 'late')?.running).toBe(false);
  await new Promise((resolve) => taken.close(resolve));
});

describe('a hub that ends', () => {
  test('at a kill in the middle of a recording leaves a whole file, and goes on with mirror, port, state and faults', async () => {
    verifies('M10');
    const other = makeHome({ listen: { port: 0 } });
    const real = await startShop();
    let running = await startHub(other.home);
    try {
      const blueprintOf = z.object({ blueprint: z.unknown() });
      const { blueprint } = blueprintOf.parse(await hub.get('/api/mirrors/shop/parts'));
      const start = await running.send('POST', '/api/mirrors', {
        name: 'shop',
        blueprint,
        port: 0,
        tools: true,
        settings: { mode: 'simulate', target: real.url },
      });
      const { ownUrl = '' } = MirrorSummary.parse(start.body);
      const post = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"Kept"}',
      };
      const made = z.object({ id: z.int() }).parse(await (await fetch(`${ownUrl}/items`, post)).json());
      await running.send('POST', '/api/mirrors/shop/faults', {
        kind: 'error',
        id: 'stays',
        operations: ['remove_item'],
      });
      await running.send('PATCH', '/api/mirrors/shop', { mode: 'record' });
      await (await fetch(`${ownUrl}/items/1`)).text();
      // Its answer never ends, so it is being recorded when the process dies.
      const open = await fetch(`${ownUrl}/slow`);
      await running.kill();
      await expect(open.text()).rejects.toThrow('terminated');

      running = await startHub(other.home);
      const after = MirrorInspection.parse(await running.get('/api/mirrors/shop'));
      expect(after).toMatchObject({ ownUrl, mode: 'record', running: true, tools: 'shop-mirror' });
      expect(after.recordings).toEqual([expect.objectContaining({ name: 'default', entries: 1 })]);
      expect(after.recordings[0]?.damaged).toBeUndefined();
      expect(after.activeFaults.map(({ id }) => id)).toEqual(['stays']);
      await running.send('PATCH', '/api/mirrors/shop', { mode: 'simulate' });
      expect(await (await fetch(`${ownUrl}/items/${made.id}`)).json()).toMatchObject({ name: 'Kept' });
    } finally {
      await running.stop();
      await real.close();
      other.remove();
    }
  });

  test('without a running hub, what a mirror holds can be looked at and changed all the same', async () => {
    const alone = createTestHome();
    try {
      const description = alone.write(
        'home/shop.json',
        JSON.stringify(shopDescription('https://shop.example')),
      );
      const own = await startHub(alone.home);
      await alone.run(['mirror', 'start', '--from', description, '--seed', '5']);
      await own.stop();
      expect(
        (await alone.run(['mirror', 'fault', 'shop', 'latency', '--ms', '1', '--id', 'late'])).code,
      ).toBe(0);
      const found = (await alone.run(['mirror', 'inspect', 'shop', '--json'])).json(MirrorInspection);
      expect([found.seed, found.activeFaults.map(({ id }) => id)]).toEqual([5, ['late']]);
      const listed = await alone.run(['mirror', 'list']);
      expect(listed.stdout).toContain('No hub runs');
      expect(listed.stdout).not.toContain('http://');
      const meant = await alone.run(['mirror', 'start', '../../shpo']);
      expect([meant.code, meant.stderr]).toEqual([4, expect.stringContaining('no server or mirror of that')]);

      const unasked = await alone.run(['mirror', 'delete', 'shop']);
      expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('nobody agreed')]);
      const deleted = await alone.run(['mirror', 'delete', 'shop', '--yes', '--json']);
      expect(deleted.json(z.object({ deleted: z.string() })).deleted).toBe('shop');
      const gone = await alone.run(['mirror', 'delete', 'shop', '--yes']);
      expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('no mirror named shop')]);
      await alone.run(['undo']);
      const back = await startHub(alone.home);
      const again = await alone.run(['mirror', 'start', 'shop', '--json']);
      expect([again.code, again.json(MirrorSummary).faults]).toEqual([0, 1]);
      await back.stop();
    } finally {
      await alone.dispose();
    }
  });

  test('with a data folder that takes no file says so, and answers as before', async () => {
    writeFileSync(join(place.home, '.hub/mirrors/in-the-way'), 'a file, where a folder must be');
    const refused = await hub.send('POST', '/api/mirrors', {
      name: 'in-the-way',
      settings: { target: shop.url, mode: 'record' },
    });
    expect(refused.body).toMatchObject({ code: 'DATA_UNWRITABLE' });
    expect((await call('/items')).status).toBe(200);
  });
});

test('its control tools are an MCP server of the hub, only while that is asked for, and annotated by what they do', async () => {
  verifies('M12');
  const names = async (): Promise<string[]> => {
    const { tools } = z
      .object({ tools: z.array(z.object({ name: z.string() })) })
      .parse(await hub.rpc('tools/list'));
    return tools.map(({ name }) => name);
  };
  const Result = z.object({
    isError: z.boolean().optional(),
    structuredContent: z.unknown().optional(),
    content: z.array(z.object({ text: z.string() })),
  });
  const use = async (tool: string, args: object = {}) =>
    Result.parse(await hub.rpc('tools/call', { name: `shop-mirror__${tool}`, arguments: args }));
  expect(await names()).toEqual([]);
  await run('start', 'shop', '--tools');
  expect(await names()).toEqual(
    ['inspect', 'seed', 'reset', 'inject', 'push', 'scenario', 'diff'].map(
      (verb) => `shop-mirror__mirror_${verb}`,
    ),
  );
  const listed = z
    .object({
      tools: z.array(
        z.object({
          name: z.string(),
          annotations: z.object({ readOnlyHint: z.boolean(), destructiveHint: z.boolean().optional() }),
        }),
      ),
    })
    .parse(await hub.rpc('tools/list', {}, '/mcp/s/shop-mirror'));
  expect(
    listed.tools.map(({ annotations }) => [annotations.readOnlyHint, annotations.destructiveHint]),
  ).toEqual([
    [true, undefined],
    [false, false],
    [false, true],
    [false, false],
    [false, false],
    [false, false],
    [true, undefined],
  ]);
  await use('mirror_seed', { data: { items: [{ id: 88, name: 'By an agent' }] } });
  expect(await (await call('/items/88')).json()).toMatchObject({ name: 'By an agent' });
  expect((await use('mirror_inject', { kind: 'error', status: 418, times: 1 })).structuredContent).toEqual({
    id: 'error-1',
  });
  expect((await call('/items')).status).toBe(418);
  expect((await use('mirror_inspect', { requests: 1 })).structuredContent).toMatchObject({
    lastRequests: [{ status: 418, from: 'fault' }],
  });
  const wrong = await use('mirror_inject', { kind: 'latency' });
  expect([wrong.isError, wrong.content[0]?.text]).toEqual([true, expect.stringMatching(/ms/)]);
  await run('start', 'shop', '--no-tools');
  expect(await names()).toEqual([]);
});
