import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerPermissions } from '@counterpart/schemas/hub/permissions';
import { echo, startService, type Service } from '@counterpart/kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  eventually,
  FIXTURE_SERVERS,
  HUB_PROGRAM,
  makeHome,
  startHub,
  type TestHub,
  writePackage,
} from '../fixtures/hub.ts';

const KEY = 'kEy-of-the-probe';

let service: Service;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
let host: string;
let notes: string;

/** A package that tries whatever it is told, with a host, a file and a secret in its manifest. */
function writeProbe(): void {
  const directory = join(place.home, 'servers', 'probe');
  writePackage(directory, { id: 'probe' });
  for (const name of ['inside.mjs', 'rpc.mjs'])
    cpSync(join(FIXTURE_SERVERS, name), join(directory, 'src', name));
  const file = join(directory, 'manifest.json');
  const manifest = z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')));
  const changed = {
    ...manifest,
    entry: 'src/inside.mjs',
    source: 'src/inside.mjs',
    permissions: { net: [host], files: [notes] },
    secrets: [{ name: 'PROBE_KEY', required: true }],
  };
  writeFileSync(file, JSON.stringify(changed));
}

const Called = z.object({ content: z.tuple([z.object({ text: z.string() })]) });
const Listed = z.object({ tools: z.array(z.object({ name: z.string() })) });
const Entries = z.object({ entries: z.array(z.looseObject({ action: z.string(), facts: z.unknown() })) });

async function inside(way: string, args: object = {}): Promise<unknown> {
  const called = Called.parse(await hub.rpc('tools/call', { name: `probe__${way}`, arguments: args }));
  return JSON.parse(called.content[0].text);
}
const offered = async (): Promise<string[]> =>
  Listed.parse(await hub.rpc('tools/list')).tools.map(({ name }) => name);
const ask = async (): Promise<string> =>
  z
    .string()
    .parse(await inside('raw', { bytes: `GET ${service.url}/v1 HTTP/1.1\r\nconnection: close\r\n\r\n` }));

/** What `hub permissions` lists for the probe, by what is denied. */
async function denied(): Promise<string[]> {
  const { permissions } = ServerPermissions.parse(await hub.get('/api/servers/probe/permissions'));
  return permissions.flatMap(({ capability, name, state }) =>
    state === 'denied' ? [`${capability} ${name}`] : [],
  );
}
const say = (change: 'allow' | 'deny', capability: string, name: string) =>
  hub.send('POST', '/api/servers/probe/permissions', { change, capability, name });

/** `hub permissions`, as a person runs it in this home. */
const cli = (...args: string[]): { readonly stdout: string; readonly stderr: string } => {
  const words = [HUB_PROGRAM, 'permissions', ...args, '--home', place.home];
  return spawnSync(process.execPath, words, { encoding: 'utf8' });
};

beforeAll(async () => {
  service = await startService(echo);
  host = service.url.slice('http://'.length);
  place = makeHome({
    defaults: { walls: 'sandbox' },
    overrides: {
      probe: { env: { PROBE_KEY: KEY } },
      open: { walls: 'none' },
    },
  });
  notes = join(place.home, 'notes.txt');
  writeFileSync(notes, 'noted');
  writeProbe();
  writePackage(join(place.home, 'servers', 'open'), { id: 'open', net: ['open.test:443'] });
  hub = await startHub(place.home);
  await eventually(async () => (await offered()).includes('probe__raw'), 60_000);
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  await service.close();
});

test('a host that is denied is refused with the reason by the next call, until it is allowed again', async () => {
  expect(await ask()).toContain('"url":"/v1"');
  const deny = cli('deny', 'probe', 'net', host);
  expect(deny.stdout).toContain(`probe is denied net ${host}.`);
  const refusal = await ask();
  expect(refusal).toContain('counterpart-refusal: HOST_DENIED');
  expect(refusal).toContain(`its owner denied it ${host}`);
  expect(cli('probe').stdout).toMatch(new RegExp(`net +${host} +denied +owner`));
  expect(cli('allow', 'probe', 'net', host).stdout).toContain(`probe is allowed net ${host}.`);
  expect(await ask()).toContain('"url":"/v1"');
});

test('a secret and a file that are denied are not handed over', async () => {
  const key = async () =>
    z.looseObject({ PROBE_KEY: z.string().optional() }).parse(await inside('env')).PROBE_KEY;
  expect(await key()).toMatch(/^counterpart-stand-in-/);
  expect(await inside('read', { path: notes })).toBe('noted');
  await say('deny', 'secret', 'PROBE_KEY');
  await say('deny', 'fs', notes);
  expect(await denied()).toEqual([`fs ${notes}`, 'secret PROBE_KEY']);
  expect(await key()).toBeUndefined();
  expect(await inside('read', { path: notes })).toBe('ENOENT');
  await say('allow', 'secret', 'PROBE_KEY');
  await say('allow', 'fs', notes);
  expect(await key()).toMatch(/^counterpart-stand-in-/);
  expect(await inside('read', { path: notes })).toBe('noted');
  const config = readFileSync(join(place.home, 'hub.config.json'), 'utf8');
  expect(JSON.parse(config)).toMatchObject({ overrides: { probe: { env: { PROBE_KEY: KEY } } } });
  expect(config).not.toContain('permissions');
});

test('a tool that is denied is neither listed nor called', async () => {
  expect(await offered()).toContain('probe__write');
  await say('deny', 'tool', 'write');
  expect(await offered()).not.toContain('probe__write');
  await expect(inside('write', {})).rejects.toThrow(/probe__write/);
  const overview = cli().stdout;
  expect(overview).toMatch(/tool +write +denied/);
  expect(overview).toMatch(/tool +\d+ tools? +allowed/);
  await say('allow', 'tool', 'write');
  expect(await offered()).toContain('probe__write');
  expect(cli('probe').stdout).toMatch(/tool +write +allowed/);
});

test('nothing beyond the approved manifest can be allowed, and nothing denied that would not hold', async () => {
  const beyond = await say('allow', 'net', 'evil.test:443');
  expect(beyond).toMatchObject({ status: 403, body: { code: 'PERMISSION_BEYOND' } });
  expect(JSON.stringify(beyond.body)).toContain('Only a new version that names it');
  const unknown = await say('deny', 'net', 'evil.test:443');
  expect(unknown).toMatchObject({ status: 404, body: { code: 'PERMISSION_UNKNOWN' } });
  expect(JSON.stringify(unknown.body)).toContain(`it lists ${host}`);
  const unheld = { change: 'deny', capability: 'net', name: 'open.test:443' };
  expect(await hub.send('POST', '/api/servers/open/permissions', unheld)).toMatchObject({
    status: 409,
    body: { code: 'PERMISSION_UNHELD' },
  });
  expect(await denied()).toEqual([]);
});

test('each change is in the audit log', async () => {
  const { entries } = Entries.parse(await hub.get('/api/audit?subject=probe'));
  const changes = entries.filter(({ action }) => action.startsWith('permission.'));
  expect(changes.map(({ action, facts }) => [action, facts])).toEqual([
    ['permission.deny', { capability: 'net', name: host }],
    ['permission.allow', { capability: 'net', name: host }],
    ['permission.deny', { capability: 'secret', name: 'PROBE_KEY' }],
    ['permission.deny', { capability: 'fs', name: notes }],
    ['permission.allow', { capability: 'secret', name: 'PROBE_KEY' }],
    ['permission.allow', { capability: 'fs', name: notes }],
    ['permission.deny', { capability: 'tool', name: 'write' }],
    ['permission.allow', { capability: 'tool', name: 'write' }],
  ]);
});
