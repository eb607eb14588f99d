import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSandboxes } from '@counterpart/hub/sandbox/sandbox';
import { echo, startService, type Service } from '@counterpart/kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';

const MARK = 'cAnArY91';
const KEY = `${MARK}-key`;
const WORD = `${MARK}-word`;

const isWalled = (await findSandboxes('bubblewrap')).every(({ found }) => typeof found !== 'string');
if (!isWalled) throw new Error('Install bubblewrap (.ci/run does).');

/** A package of one file, with a secret that no scheme of a blueprint adds. */
function writeProbe(home: string, id: string, net: readonly string[]): void {
  const directory = join(home, 'servers', id);
  writePackage(directory, { id });
  for (const name of ['inside.mjs', 'rpc.mjs'])
    cpSync(join(FIXTURE_SERVERS, name), join(directory, 'src', name));
  const file = join(directory, 'manifest.json');
  const manifest = z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')));
  const changed = {
    ...manifest,
    entry: 'src/inside.mjs',
    source: 'src/inside.mjs',
    permissions: { net, files: [] },
    secrets: [{ name: 'PROBE_KEY', required: false }],
  };
  writeFileSync(file, JSON.stringify(changed));
}

/** Ids of processes whose environment has this text. */
const processesWith = (text: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        return false; // it ended meanwhile
      }
    });

const Refused = z.object({ message: z.string(), fix: z.string() });
const Told = z.object({ events: z.array(z.object({ kind: z.string() })) });
const Listed = z.object({
  servers: z.array(z.object({ id: z.string(), enabled: z.boolean(), problem: z.string().optional() })),
});
const Called = z.object({
  content: z.tuple([z.object({ text: z.string() })]),
  isError: z.boolean().optional(),
});

/** The program, as a person runs it in this home; what it prints. */
function cli(...args: string[]): { readonly stdout: string; readonly stderr: string } {
  const [command = '', ...rest] = args;
  return spawnSync(process.execPath, [HUB_PROGRAM, command, '--home', place.home, ...rest], {
    encoding: 'utf8',
  });
}

let service: Service;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;
const seen: { url: string | undefined; authorization: string | undefined }[] = [];

async function call(name: string, args: object = {}): Promise<{ text: string; isError: boolean }> {
  const called = Called.parse(await hub.rpc('tools/call', { name, arguments: args }));
  return { text: called.content[0].text, isError: called.isError ?? false };
}
const inside = async (way: string, args: object = {}): Promise<unknown> =>
  JSON.parse((await call(`probe__${way}`, args)).text);
const raw = async (lines: readonly string[], body = ''): Promise<string> =>
  z.string().parse(await inside('raw', { bytes: `${lines.join('\r\n')}\r\n\r\n${body}` }));

beforeAll(async () => {
  service = await startService((request, response) => {
    const { url, headers } = request;
    seen.push({ url, authorization: headers.authorization });
    if (url === '/moved')
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    else if (url === '/down') response.writeHead(503).end();
    else echo(request, response);
  });
  const host = service.url.slice('http://'.length);
  place = makeHome(
    {
      defaults: { walls: 'sandbox' },
      overrides: {
        museum: {
          env: {
            MUSEUM_BASE_URL: service.url,
            MUSEUM_USERNAME: 'ann',
            MUSEUM_PASSWORD: '${secret:WORD}',
          },
        },
        frail: { network: { circuit: { failures: 2, pauseMs: 100, disableAfter: 1 } } },
        probe: { env: { PROBE_KEY: '${secret:KEY}' } },
      },
    },
    { museum: join(ROOT, 'servers/museum') },
  );
  writeProbe(place.home, 'probe', [host, 'localhost:9']);
  writeProbe(place.home, 'frail', [host]);
  hub = await startHub(place.home);
  await hub.send('PUT', '/api/secrets/KEY', { value: KEY });
  await hub.send('PUT', '/api/secrets/WORD', { value: WORD });
});

afterAll(async () => {
  await hub.stop();
  place.remove();
  await service.close();
});

describe('a server inside walls', () => {
  test('calls its service with credentials that it never has', async () => {
    verifies('C05');
    const { text } = await call('museum__get_museum_hours');
    const sent = `Basic ${Buffer.from(`ann:${WORD}`).toString('base64')}`;
    expect(seen.splice(0)).toEqual([{ url: '/museum-hours', authorization: sent }]);
    // The service repeats what it was sent.
    expect(text).toContain('"authorization":"Basic ****');
    expect(text).not.toContain(sent);
    const env = z.record(z.string(), z.string()).parse(await inside('env'));
    expect(env['PROBE_KEY']).toMatch(/^counterpart-stand-in-PROBE_KEY-/);
    expect(processesWith(MARK)).toEqual([]);
  });

  test('reaches nothing but the broker: no address, no name, no socket, no file', async () => {
    verifies('B08', 'M53');
    const { port } = new URL(service.url);
    const hubPort = new URL(hub.url).port;
    const control = join(place.home, '.hub', 'token');
    expect({
      service: await inside('tcp', { host: '127.0.0.1', port: Number(port) }),
      hub: await inside('tcp', { host: '127.0.0.1', port: Number(hubPort) }),
      address: await inside('tcp', { host: '1.1.1.1', port: 443 }),
      socket: await inside('path', { path: control }),
    }).toEqual({
      service: 'ECONNREFUSED',
      hub: 'ECONNREFUSED',
      address: 'ENETUNREACH',
      socket: 'ENOENT',
    });
    expect(await inside('name', { name: 'example.com' })).toMatch(/^E(?:AI_AGAIN|NOTFOUND)$/);
    expect(seen).toEqual([]);
  });

  test('what stands in for its secret is replaced on the way, and hidden on the way back', async () => {
    const { PROBE_KEY } = z.object({ PROBE_KEY: z.string() }).parse(await inside('env'));
    const answer = await raw([
      `GET ${service.url}/v1?key=${PROBE_KEY} HTTP/1.1`,
      `authorization: Token ${PROBE_KEY}`,
      'connection: close',
    ]);
    expect(seen.splice(0)).toEqual([{ url: `/v1?key=${KEY}`, authorization: `Token ${KEY}` }]);
    expect(answer).toContain(`"url":"/v1?key=${'*'.repeat(KEY.length)}"`);
    expect(answer).not.toContain(MARK);
  });

  test.each([
    ['a host that is not declared', 'GET http://evil.test/ HTTP/1.1', 403, 'HOST_REFUSED'],
    ['the hub itself', 'GET HUB/mcp HTTP/1.1', 403, 'HOST_REFUSED'],
    ['cloud metadata', 'GET http://169.254.169.254/latest/meta-data/ HTTP/1.1', 403, 'HOST_REFUSED'],
    ['another port', 'GET http://localhost:10/ HTTP/1.1', 403, 'HOST_REFUSED'],
    ['another scheme', 'GET ftp://localhost:9/ HTTP/1.1', 400, 'BROKER_REQUEST_INVALID'],
    ['no absolute target', 'GET /v1 HTTP/1.1', 400, 'BROKER_REQUEST_INVALID'],
    ['a tunnel', 'CONNECT localhost:9 HTTP/1.1', 400, 'BROKER_REQUEST_INVALID'],
  ])('%s is refused by name', async (_, line, status, code) => {
    const answer = await raw([line.replace('HUB', hub.url), 'host: localhost:9', 'connection: close']);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`counterpart-refusal: ${code}`);
    const said = Refused.parse(JSON.parse(answer.slice(answer.indexOf('{'))));
    expect(said.message).toContain('probe');
    expect(seen).toEqual([]);
  });

  test('a redirect into a private network goes nowhere: each hop is judged', async () => {
    const moved = await raw([`GET ${service.url}/moved HTTP/1.1`, 'connection: close']);
    const [, next = ''] = /location: (\S+)/i.exec(moved) ?? [];
    expect(next).toBe('http://169.254.169.254/latest/meta-data/');
    expect(await raw([`GET ${next} HTTP/1.1`, 'connection: close'])).toContain('HOST_REFUSED');
    expect(seen.splice(0).map(({ url }) => url)).toEqual(['/moved']);
  });

  test.each([
    ['two lengths', ['content-length: 5', 'content-length: 6'], 400],
    ['a length and chunks', ['content-length: 5', 'transfer-encoding: chunked'], 400],
    ['chunks by another name', ['transfer-encoding: xchunked'], 400],
    ['a folded header', ['x-a: 1', ' y: 2'], 400],
    ['a head without end', [`x-a: ${'a'.repeat(40_000)}`], 431],
  ])('a request with %s does not go on', async (_, lines, status) => {
    const answer = await raw([`POST ${service.url}/v1 HTTP/1.1`, ...lines], 'GET /admin HTTP/1.1\r\n\r\n');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(seen).toEqual([]);
  });

  test('headers of the connection and of the broker stay where they are', async () => {
    const answer = await raw([
      `GET ${service.url}/v1 HTTP/1.1`,
      'host: elsewhere.test',
      'connection: close, x-hop',
      'x-hop: 1',
      'proxy-authorization: Basic eA==',
      'counterpart-operation: anything',
      'te: trailers',
      'x-end: 2',
    ]);
    const { headers } = z
      .object({ headers: z.record(z.string(), z.string()) })
      .parse(JSON.parse(answer.slice(answer.indexOf('\r\n{'), answer.lastIndexOf('}') + 1)));
    expect(headers).toEqual({
      host: service.url.slice('http://'.length),
      connection: 'keep-alive',
      'x-end': '2',
    });
    seen.splice(0);
  });
});

test('what a server asks is recorded when somebody wants it, without its secrets, and can be built from', async () => {
  verifies('C05');
  const file = join(place.home, 'museum.har');
  expect(cli('record', 'museum', '--stop', '--json').stdout).toContain('TRAFFIC_UNRECORDED');
  expect(cli('record', 'museum', '--start').stdout).toContain('is being recorded: 0 requests');
  const { PROBE_KEY } = z.object({ PROBE_KEY: z.string() }).parse(await inside('env'));
  await hub.send('POST', '/api/servers/probe/recording', { action: 'start' });
  await call('museum__get_museum_hours', { startDate: '2026-01-01' });
  await raw(
    [
      `POST ${service.url}/v1/notes?key=${PROBE_KEY} HTTP/1.1`,
      'content-type: application/json',
      'content-length: 15',
      'connection: close',
    ],
    '{"note":"kept"}',
  );
  const { stdout } = cli('record', 'museum', '--stop', '--out', file);
  expect(stdout).toMatch(/has ended: 1 request,/);
  const Har = z.object({
    log: z.object({ entries: z.array(z.looseObject({ request: z.looseObject({ url: z.string() }) })) }),
  });
  const kept = readFileSync(file, 'utf8');
  expect(kept).not.toContain(MARK);
  const [entry] = Har.parse(JSON.parse(kept)).log.entries;
  expect(entry).toMatchObject({
    request: {
      method: 'GET',
      url: `${service.url}/museum-hours?startDate=2026-01-01`,
    },
    response: { status: 200 },
  });
  expect(JSON.stringify(entry)).toContain('{"name":"authorization","value":"[redacted]"}');
  const probed = JSON.stringify(await hub.get('/api/servers/probe/recording'));
  expect(probed).toContain('{\\"note\\":\\"kept\\"}');
  expect(probed).not.toContain(MARK);
  const built = cli('build', '--from', file, '--name', 'hours', '--dry-run', '--json');
  expect(built.stdout).toContain('"list_museum_hours"');
  const shown = cli('inspect', 'museum');
  expect(shown.stdout).toMatch(/walls +sandbox/);
  expect(shown.stdout).toMatch(/127\.0\.0\.1:\d+ +\d+ requests? \(\d+ × 2xx\)/);
  seen.splice(0);
});

test('a server whose service stays down is disabled, and both are told', async () => {
  verifies('C07', 'C08');
  const bytes = `GET ${service.url}/down HTTP/1.1\r\nconnection: close\r\n\r\n`;
  const told = async () => Told.parse(await hub.get('/api/events')).events.map(({ kind }) => kind);
  const ask = () => call('frail__raw', { bytes }).catch(() => undefined);
  await ask();
  await ask();
  const { servers } = Listed.parse(await hub.get('/api/status'));
  expect(servers.find(({ id }) => id === 'frail')?.problem).toMatch(/^calls pause after failures of 127/);
  await eventually(async () => {
    await ask();
    return (await told()).includes('server-disabled');
  });
  expect(await told()).toContain('circuit-opened');
  await eventually(async () =>
    Listed.parse(await hub.get('/api/status')).servers.some(({ id, enabled }) => id === 'frail' && !enabled),
  );
});

test('a hub that is killed leaves no process and no socket that its successor would keep', async () => {
  const run = join(place.home, '.hub', 'run');
  const marks = () => processesWith('COUNTERPART_BROKER=');
  expect(marks().length).toBeGreaterThan(0);
  await hub.kill();
  await eventually(() => marks().length === 0);
  mkdirSync(join(run, 'left-behind-7'));
  writeFileSync(join(run, 'left-behind-7', 'broker.sock'), '');
  hub = await startHub(place.home);
  expect(existsSync(join(run, 'left-behind-7'))).toBe(false);
  expect(await inside('name', { name: 'example.com' })).toMatch(/^E/);
});
