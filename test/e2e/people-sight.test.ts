import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PersonToken } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { LineClient } from '../fixtures/gateway/line-client.ts';
import { modern, modernRequest, send, stream } from '../fixtures/gateway/raw-client.ts';
import {
  eventually,
  fixtureServer,
  HUB_PROGRAM,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';
import { addPerson, allTold, resourceUris, toolNames, wordsOf, type Person } from '../fixtures/people.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';

const CONFIG = {
  mcpServers: {
    shop: fixtureServer('effects'),
    diary: {
      command: process.execPath,
      args: [join(ROOT, 'test/fixtures/gateway/features.mjs'), 'legacy', 'diary'],
    },
  },
  profiles: { all: {}, wide: { mode: 'search' }, coded: { mode: 'code' } },
};

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let anna: Person;
let ben: Person;

/** Anna alone has the diary; the shop is everybody's. */
beforeAll(async () => {
  place = makeHome(CONFIG);
  hub = await startHub(place.home);
  await eventually(async () => (await toolNames(hub)).some((name) => name.startsWith('diary__')));
  anna = await addPerson(hub, 'anna');
  ben = await addPerson(hub, 'ben');
  await hub.send('POST', '/api/servers/diary/unshare', {});
  await hub.send('POST', '/api/servers/diary/share', { with: 'anna' });
});
afterAll(async () => {
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

const bearer = ({ token }: { readonly token: string }) => ({ authorization: `Bearer ${token}` });
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

/** A legacy session in somebody's name: what asks in it, with any token. */
async function openSession(person: Person) {
  const opened = await send(`${hub.url}/mcp`, { headers: bearer(person), body: JSON.stringify(initialize) });
  const session = {
    'mcp-session-id': String(opened.headers['mcp-session-id']),
    'mcp-protocol-version': '2025-11-25',
  };
  return (method: string, headers: object = bearer(person), params: object = {}) =>
    send(`${hub.url}/mcp`, {
      headers: { ...session, ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
}

/** Where each way of asking tells somebody of the diary. */
async function tellingOfDiary(person: Person): Promise<string[]> {
  const told = await allTold(person, 'shop');
  return Object.entries(told).flatMap(([way, text]) => (/diary/.test(text) ? [way] : []));
}

/** What calls of a tool of the diary come to, by every way there is. */
async function callingShow(person: Person): Promise<string[]> {
  const rest = await person.send('POST', '/api/tools/diary/touch', {});
  const command = await person.send('POST', '/api/call', { tool: 'diary__touch' });
  const session = await (await openSession(person))('tools/call', undefined, { name: 'diary__touch' });
  const document = await person.send('GET', '/api/tools/diary/openapi.json');
  return [
    await wordsOf(person.rpc('tools/call', { name: 'diary__touch', arguments: {} })),
    await wordsOf(person.rpc('tools/call', { name: 'touch', arguments: {} }, '/mcp/s/diary')),
    await wordsOf(
      person.rpc(
        'tools/call',
        { name: 'call_tool_destructive', arguments: { name: 'diary__touch' } },
        '/mcp/p/wide',
      ),
    ),
    await wordsOf(
      person.rpc('tools/call', { name: 'describe_tool', arguments: { name: 'diary__touch' } }, '/mcp/p/wide'),
    ),
    String(rest.status),
    String(command.status),
    String(document.status),
    JSON.stringify(session.messages[0]?.error?.message ?? 'called'),
  ];
}

/** The same words with the name of something that never was. */
const asNever = (words: readonly string[]): string[] =>
  words.map((text) => text.replaceAll('diary', 'never'));

test('a server that is theirs is seen by its person and the owner, on every way, and by nobody else', async () => {
  verifies('D08');
  const ways = await tellingOfDiary(anna);
  expect(ways).toEqual(
    expect.arrayContaining([
      'tools',
      'resources',
      'profile',
      'search',
      'instructions',
      'code',
      'names',
      'REST document',
      'REST tools',
      'servers',
    ]),
  );
  expect(await tellingOfDiary(hub)).toEqual(ways);
  expect(await tellingOfDiary(ben)).toEqual([]);
  expect((await toolNames(ben)).every((name) => name.startsWith('shop__'))).toBe(true);
  expect((await resourceUris(anna)).length).toBeGreaterThan(0);
  expect(await resourceUris(ben)).toEqual([]);
});

test('a call of what is not theirs is answered as one of what never was, and theirs is made', async () => {
  const [mcp, own, , , rest, command] = await callingShow(anna);
  expect([mcp, own, rest, command].map((word) => /unknown|404|no tool/i.test(word ?? ''))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  const refused = await callingShow(ben);
  expect(refused.map((word) => /Nothing|no tool|no server|unknown|404|There is no/i.test(word))).toEqual(
    refused.map(() => true),
  );
  const near = async (person: Person): Promise<string> =>
    (await send(`${hub.url}/api/tools?server=diarie`, { method: 'GET', headers: bearer(person) })).text;
  expect([await near(anna), await near(ben)]).toEqual([
    expect.stringContaining('Did you mean diary?'),
    expect.not.stringContaining('diary'),
  ]);
  const never = await wordsOf(ben.rpc('tools/call', { name: 'never__touch', arguments: {} }));
  expect(asNever([refused[0] ?? ''])).toEqual([never]);
  const [uri] = await resourceUris(anna);
  await expect(ben.rpc('resources/read', { uri })).rejects.toThrow(/not found/i);
  const code = `return await tools["diary__touch"]({})`;
  expect(
    await wordsOf(ben.rpc('tools/call', { name: 'run_code', arguments: { code } }, '/mcp/p/coded')),
  ).toMatch(/not a function|no tool|undefined/i);
});

test('a token that is nobody’s is refused also where none is needed, and a session has one principal', async () => {
  const wrong = { authorization: 'Bearer cpt_wrong' };
  const statuses = await Promise.all([
    modern(`${hub.url}/mcp`, 'tools/list', { headers: wrong }),
    send(`${hub.url}/api/tools`, { method: 'GET', headers: wrong }),
    send(`${hub.url}/v1/models`, { method: 'GET', headers: wrong }),
    modern(`${hub.url}/mcp`, 'tools/list', {}),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 200]);
  const ask = await openSession(anna);
  const answers = [
    await ask('tools/list'),
    await ask('tools/list', bearer(ben)),
    await ask('tools/list', {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 404]);
});

test('people may do nothing that is the owner’s', async () => {
  const asked = await Promise.all(
    [
      ['GET', '/api/people'],
      ['POST', '/api/people'],
      ['POST', '/api/servers/diary/share'],
      ['GET', '/api/servers/shop'],
      ['GET', '/api/status'],
      ['GET', '/api/secrets'],
      ['GET', '/api/audit'],
      ['GET', '/api/events'],
      ['GET', '/api/logs'],
      ['POST', '/api/shutdown'],
      ['GET', '/api/approvals'],
      ['GET', '/api/settings'],
    ].map(
      async ([method = '', path = '']) =>
        (await anna.send(method, path, method === 'GET' ? undefined : {})).status,
    ),
  );
  expect(asked).toEqual(asked.map(() => 403));
  expect((await anna.send('GET', '/api/me')).body).toEqual({ name: 'anna', owner: false });
  expect((await hub.send('GET', '/api/me')).body).toEqual({ name: 'owner', owner: true });
});

const Listed = z.object({
  people: z.array(z.looseObject({ name: z.string(), servers: z.array(z.string()) })),
});
const Entries = z.object({ entries: z.array(z.object({ action: z.string(), subject: z.string() })) });

test('sharing tells those whose lists changed, and nobody else', async () => {
  verifies('D08');
  const carl = await addPerson(hub, 'carl');
  const listen = (person: Person) =>
    stream(`${hub.url}/mcp`, {
      ...modernRequest('subscriptions/listen', { params: { notifications: { toolsListChanged: true } } }),
      headers: { ...modernRequest('subscriptions/listen').headers, ...bearer(person) },
    });
  const [ofBen, ofCarl] = [await listen(ben), await listen(carl)];
  expect([(await ofBen.next()).method, (await ofCarl.next()).method]).toEqual([
    'notifications/subscriptions/acknowledged',
    'notifications/subscriptions/acknowledged',
  ]);
  await hub.send('POST', '/api/servers/diary/share', { with: 'ben' });
  expect((await ofBen.next()).method).toBe('notifications/tools/list_changed');
  expect((await toolNames(ben)).includes('diary__touch')).toBe(true);
  await hub.send('POST', '/api/servers/diary/unshare', { with: 'ben' });
  expect((await ofBen.next()).method).toBe('notifications/tools/list_changed');
  // The first that Carl hears of is what concerns him: it is shared with everybody.
  await hub.send('POST', '/api/servers/diary/share', {});
  expect((await ofCarl.next()).method).toBe('notifications/tools/list_changed');
  expect((await toolNames(carl)).includes('diary__touch')).toBe(true);
  expect((await hub.send('POST', '/api/servers/diary/unshare', {})).body).toEqual({
    server: 'diary',
    seenBy: ['anna'],
  });
  const { entries } = Entries.parse(await hub.get('/api/audit?limit=20'));
  expect(entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual(
    expect.arrayContaining(['person.add carl', 'server.share diary', 'server.unshare diary']),
  );
  // Removed, whatever Carl has open ends.
  await hub.send('DELETE', '/api/people/carl');
  await ofCarl.ended;
  await expect(carl.rpc('tools/list')).rejects.toThrow('401');
  ofBen.close();
});

test('another token takes the place of the first at once, and closes what was open with it', async () => {
  const dora = await addPerson(hub, 'dora');
  const ask = await openSession(dora);
  const { token } = PersonToken.parse((await hub.send('POST', '/api/people/dora/token', {})).body);
  await expect(dora.rpc('tools/list')).rejects.toThrow('401');
  expect((await ask('tools/list', { authorization: `Bearer ${token}` })).status).toBe(404);
  expect((await toolNames(hub.as(token))).length).toBeGreaterThan(0);
  await hub.send('DELETE', '/api/people/dora');
  await expect(hub.as(token).rpc('tools/list')).rejects.toThrow('401');
});

test('a client on a line sees what its person does, and is cut off when they are removed', async () => {
  const emil = await addPerson(hub, 'emil');
  const child = spawn(process.execPath, [HUB_PROGRAM, 'stdio', '--home', place.home], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: place.home, COUNTERPART_TOKEN: emil.token },
  });
  const client = new LineClient();
  client.input.pipe(child.stdin);
  child.stdout.pipe(client.output);
  await client.initialize();
  const { result } = await client.request('list', 'tools/list');
  expect(JSON.stringify(result)).not.toContain('diary');
  expect(JSON.stringify(result)).toContain('shop__get_item');
  await hub.send('DELETE', '/api/people/emil');
  const { error } = await client.request('again', 'tools/list');
  expect(error?.message).toBeDefined();
  client.end();
  await once(child, 'exit');
});

test('whose a server is outlives a restart and a kill, and removing its person leaves it to the owner', async () => {
  verifies('D08');
  for (const end of ['stop', 'kill'] as const) {
    await hub[end]();
    hub = await startHub(place.home);
    [anna, ben] = [hub.as(anna.token), hub.as(ben.token)];
    await eventually(async () => (await toolNames(anna)).includes('diary__touch'));
    expect(await tellingOfDiary(ben)).toEqual([]);
  }
  const { people } = Listed.parse(await hub.get('/api/people'));
  expect(people.map(({ name, servers }) => [name, servers])).toEqual([
    ['anna', ['diary']],
    ['ben', []],
  ]);
  await hub.send('DELETE', '/api/people/anna');
  expect((await hub.send('GET', '/api/servers/diary/sharing')).body).toEqual({ server: 'diary', seenBy: [] });
  expect(await tellingOfDiary(ben)).toEqual([]);
  // Who has the name next has nothing of it.
  const other = await addPerson(hub, 'anna');
  expect(await tellingOfDiary(other)).toEqual([]);
  expect(await toolNames(hub)).toContain('diary__touch');
});

const cli = (...args: string[]) =>
  spawnSync(process.execPath, [HUB_PROGRAM, ...args, '--home', place.home], { encoding: 'utf8' });

test('where tokens are demanded and people are, nothing of the servers is read without one', async () => {
  const added = cli('people', 'add', 'fred', '--json');
  const { token } = PersonToken.parse(JSON.parse(added.stdout));
  expect(cli('people', 'add', 'fred').stderr).toContain('fred is here already');
  expect(cli('people', 'add', 'owner').status).not.toBe(0);
  expect(cli('people', 'list').stdout).toMatch(/fred/);
  expect(cli('share', 'diary', '--with', 'fred').stdout).toContain('diary is seen by the owner, fred alone');
  expect(cli('unshare', 'diary', '--with', 'fred').stdout).toContain('diary is seen by the owner alone');
  expect(cli('share', 'nothing').stderr).toContain('nothing');
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify({ ...CONFIG, auth: { mcp: 'token' } }));
  await hub.send('POST', '/api/reload', {});
  const open = await Promise.all(
    ['/api/tools', '/api/servers', '/adapters', '/api/status', '/api/tools/openapi.json'].map((path) =>
      send(hub.url + path, { method: 'GET' }),
    ),
  );
  expect(open.map(({ status }) => status)).toEqual(open.map(() => 401));
  expect((await send(`${hub.url}/healthz`, { method: 'GET' })).status).toBe(200);
  expect((await modern(`${hub.url}/mcp`, 'tools/list', {})).status).toBe(401);
  expect((await toolNames(hub.as(token))).length).toBeGreaterThan(0);
  expect(cli('people', 'remove', 'fred').stdout).toContain('fred is removed');
});
