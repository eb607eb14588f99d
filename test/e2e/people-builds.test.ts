import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoopSummary, type LoopDetail } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { rested } from '../fixtures/builds.ts';
import { eventually, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { GOOD_TEST, GOOD_TOOL, VOWEL_PLAN } from '../fixtures/models/answers.ts';
import { addPerson, toolNames, wordsOf, type Person } from '../fixtures/people.ts';
import { verifies } from '../verifies.ts';

const OPENAPI = (url: string) => ({
  openapi: '3.1.0',
  info: { title: 'Parcels', version: '1.0.0' },
  servers: [{ url }],
  paths: {
    '/parcels/{id}': {
      get: {
        operationId: 'getParcel',
        summary: 'Where a parcel is',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            description: 'The parcel',
            content: {
              'application/json': {
                schema: { type: 'object', properties: { id: { type: 'string' }, at: { type: 'string' } } },
              },
            },
          },
        },
      },
    },
  },
});

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let service: Server;
let asked = 0;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  service = createServer((req, res) => {
    asked += 1;
    const body = req.url === '/openapi.json' ? OPENAPI(origin()) : { id: 'p1', at: 'Oslo' };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  place = makeHome({ builder: { tools: true }, profiles: { coded: { mode: 'code' } } });
  hub = await startHub(place.home);
  [anna, ben] = [await addPerson(hub, 'anna'), await addPerson(hub, 'ben')];
});
afterAll(async () => {
  await hub.stop();
  service.close();
  place.remove();
});

const origin = (): string => `http://127.0.0.1:${(service.address() as AddressInfo).port}`; // It listens on TCP.

const Started = z.object({ id: z.string() });
const Told = z.looseObject({ build: z.string(), sheet: z.looseObject({ hash: z.string() }).optional() });
const Builds = z.object({ builds: z.array(LoopSummary) });

/** Orders the server of the parcels in somebody's name, from a description that they have. */
async function order(person: Person): Promise<LoopDetail> {
  const files = [{ name: 'openapi.json', text: JSON.stringify(OPENAPI(origin())) }];
  const plan = { kind: 'description', name: 'parcels', title: 'Parcels', summary: 'Where parcels are' };
  return rested(
    hub,
    async () => (await tool(person, 'build_start', { wish: 'Parcels', ...plan, files })).build,
  );
}

/** Orders it, and has it decided by the owner once all its tests pass. */
async function build(person: Person): Promise<LoopDetail> {
  const waiting = await order(person);
  expect([waiting.waitsFor, waiting.problem]).toEqual(['approval', undefined]);
  return approve(waiting.id, waiting.sheet?.hash);
}

const approve = (id: string, hash: string | undefined): Promise<LoopDetail> =>
  rested(hub, async () => {
    await hub.send('POST', `/api/builds/${id}/decide`, { decision: 'approve', hash });
    return id;
  });

const tool = async (person: Person, name: string, args: object) =>
  Told.parse(
    (await person.rpc('tools/call', { name: `hub__${name}`, arguments: args }))['structuredContent'],
  );

test('a server that is compiled for a person is theirs, and nobody else hears of its build', async () => {
  verifies('D08');
  const before = await toolNames(ben);
  const done = await build(anna);
  expect([done.state, done.person]).toEqual(['installed', 'anna']);
  expect(await toolNames(anna)).toContain('parcels__get_parcel');
  expect(await toolNames(ben)).toEqual(before);
  const call = { name: 'parcels__get_parcel', arguments: { id: 'p1' } };
  expect(await wordsOf(anna.rpc('tools/call', call))).toContain('Oslo');
  expect((await anna.send('POST', '/api/tools/parcels/get_parcel', { id: 'p1' })).body).toMatchObject({
    at: 'Oslo',
  });
  expect(await wordsOf(ben.rpc('tools/call', call))).toMatch(/no tool|unknown/i);
  expect((await ben.send('POST', '/api/tools/parcels/get_parcel', { id: 'p1' })).status).toBe(404);
  expect((await ben.send('GET', `/api/builds/${done.id}`)).status).toBe(404);
  expect(Builds.parse((await ben.send('GET', '/api/builds')).body).builds).toEqual([]);
  expect(Builds.parse((await anna.send('GET', '/api/builds')).body).builds.map(({ id }) => id)).toEqual([
    done.id,
  ]);
  expect((await anna.send('POST', `/api/builds/${done.id}/decide`, {})).status).toBe(403);
});

test('the model of a person’s client builds for that person alone', async () => {
  verifies('D08');
  const { build: id } = await tool(anna, 'build_start', { wish: 'Count vowels for me', ...VOWEL_PLAN });
  const stolen = await wordsOf(
    ben.rpc('tools/call', { name: 'hub__build_status', arguments: { build: id } }),
  );
  expect(stolen).toContain('BUILD_UNKNOWN');
  const files = [
    { path: 'src/tools/count-vowels.ts', text: GOOD_TOOL },
    { path: 'test/count-vowels.test.ts', text: GOOD_TEST },
  ];
  await tool(anna, 'build_write', { build: id, files });
  const { sheet } = await tool(anna, 'build_submit', { build: id });
  await approve(id, sheet?.hash);
  expect(await toolNames(anna)).toContain('vowels__count_vowels');
  expect((await toolNames(ben)).filter((name) => name.startsWith('vowels'))).toEqual([]);
  const servers = await wordsOf(ben.rpc('tools/call', { name: 'hub__server_list', arguments: {} }));
  expect(servers).not.toContain('vowels');
  const code = 'return Object.keys(servers)';
  const run = (person: Person) =>
    wordsOf(person.rpc('tools/call', { name: 'run_code', arguments: { code } }, '/mcp/p/coded'));
  expect([/vowels/.test(await run(anna)), /vowels/.test(await run(ben))]).toEqual([true, false]);
});

test('a person takes no name of another, and reaches nothing of the machine by an order', async () => {
  const taken = await order(ben);
  expect([taken.state, taken.problem]).toEqual(['failed', expect.stringContaining('already')]);
  const orders = [
    { from: '/etc/passwd' },
    { folder: place.home },
    { files: [place.home] },
    { unsafeLocal: true },
  ];
  const answers = await Promise.all(
    orders.map((order) => ben.send('POST', '/api/builds', { text: 'x', ...order })),
  );
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
});

test('an order of a person asks nobody in a private network, whatever it is called there', async () => {
  const before = asked;
  const { port } = new URL(origin());
  const orders = [
    { text: 'x', from: `${origin()}/openapi.json` },
    { text: 'x', from: `http://2130706433:${port}/` },
    { text: 'x', from: `http://[::ffff:127.0.0.1]:${port}/openapi.json` },
    { text: 'x', from: `http://localhost:${port}/graphql` },
    { text: 'x', from: `http://localhost:${port}/rows.csv` },
  ];
  for (const one of orders) {
    const ended = await rested(
      hub,
      async () => Started.parse((await ben.send('POST', '/api/builds', one)).body).id,
    );
    expect([one.from, ended.state, ended.problem]).toEqual([one.from, 'failed', expect.any(String)]);
  }
  const plan = { kind: 'description', name: 'near', title: 'Near', summary: 'Something near' };
  const named = { wish: `What stands at ${origin()}/`, ...plan, description: `${origin()}/openapi.json` };
  const { build: id } = await tool(ben, 'build_start', named);
  await ben.send('POST', `/api/builds/${id}/cancel`, {});
  expect(asked).toBe(before);
});

test('what was built for a person is theirs after a kill, everybody’s once shared, and the owner’s when they leave', async () => {
  verifies('D08');
  await hub.kill();
  hub = await startHub(place.home);
  [anna, ben] = [hub.as(anna.token), hub.as(ben.token)];
  await eventually(async () => (await toolNames(anna)).includes('parcels__get_parcel'));
  expect((await toolNames(ben)).some((name) => name.startsWith('parcels'))).toBe(false);
  await hub.send('POST', '/api/servers/parcels/share', {});
  expect(await toolNames(ben)).toContain('parcels__get_parcel');
  await hub.send('POST', '/api/servers/parcels/unshare', {});
  await hub.send('DELETE', '/api/people/anna');
  expect((await toolNames(ben)).some((name) => name.startsWith('parcels'))).toBe(false);
  expect(await toolNames(hub)).toContain('parcels__get_parcel');
  const { builds } = Builds.parse(await hub.get('/api/builds'));
  expect([...new Set(builds.flatMap(({ person }) => person ?? []))]).toEqual(['ben']);
});
