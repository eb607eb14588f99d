import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createBroker } from '@counterpart/hub/broker/broker';
import { startService, type Service } from '@counterpart/kit/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BrokerDoor } from '../../hub/src/kernel/ports.ts';
import { verifies } from '../verifies.ts';

let service: Service;
let directory: string;
let broker: Awaited<ReturnType<typeof createBroker>>;
let door: BrokerDoor;
const seen: string[] = [];
const resolved: string[] = [];

beforeAll(async () => {
  service = await startService((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end('reached');
  });
  directory = mkdtempSync(join(tmpdir(), 'hostile-'));
  broker = await createBroker({
    directory: join(directory, 'run'),
    clean: (words) => words,
    clock: { now: () => 0, after: () => () => undefined },
    events: { publish: () => undefined, subscribe: () => () => undefined },
    givenUp: () => undefined,
    resolve: async (name) => {
      resolved.push(name);
      return [{ address: '127.0.0.1', family: 4 }];
    },
  });
  const { port } = new URL(service.url);
  door = await broker.open({
    id: 'guest',
    rules: [
      { entry: 'api.example:443', by: 'manifest' },
      { entry: `*.wild.example:${port}`, by: 'manifest' },
      { entry: `localhost:${port}`, by: 'owner', path: '/mirror/shop' },
    ],
    blueprint: async () => undefined,
    env: {},
    standIns: new Map(),
    limits: { circuit: { failures: 3, pauseMs: 1_000, pauses: 0 } },
    tunnels: 'all',
  });
});
beforeEach(() => {
  seen.length = 0;
  resolved.length = 0;
});
afterAll(async () => {
  await broker.close();
  await service.close();
  rmSync(directory, { recursive: true });
});

/** What the door answers to these lines, as they are. */
async function told(lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(join(door.folder, door.socketName));
  socket.setTimeout(20_000, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  return await text(socket);
}

/** Ways to another host than the declared ones, each with the rule that names it; PORT is the service's. */
const TARGETS: readonly (readonly [what: string, target: string, rule: RegExp])[] = [
  ['another host', 'http://evil.example/', /HOST_REFUSED/],
  ['a name that ends like a declared one', 'https://notapi.example/', /HOST_REFUSED/],
  ['a name that begins like a declared one', 'https://api.example.evil.example/', /HOST_REFUSED/],
  ['a name below a declared one', 'https://x.api.example/', /HOST_REFUSED/],
  ['the star itself without a label', 'http://wild.example:PORT/', /HOST_REFUSED/],
  ['data in the labels of another zone', `http://${'secret'.repeat(8)}.evil.example/`, /HOST_REFUSED/],
  ['a declared name as a user', 'http://api.example:443@evil.example/', /BROKER_REQUEST_INVALID/],
  ['a user before a declared name', 'https://evil.example@api.example/', /BROKER_REQUEST_INVALID/],
  [
    'a back slash before the host',
    'http://evil.example\\@api.example/',
    /400|BROKER_REQUEST_INVALID|HOST_REFUSED/,
  ],
  ['the machine by its number', 'http://2130706433:PORT/', /HOST_REFUSED/],
  ['the machine in base 16', 'http://0x7f000001:PORT/', /HOST_REFUSED/],
  ['the machine in base 8', 'http://0177.0.0.1:PORT/', /HOST_REFUSED/],
  ['the machine with parts left out', 'http://127.1:PORT/', /HOST_REFUSED/],
  ['the machine as nothing', 'http://0.0.0.0:PORT/', /HOST_REFUSED/],
  ['the machine in IPv6', 'http://[::1]:PORT/', /HOST_REFUSED/],
  ['the machine as IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:PORT/', /HOST_REFUSED/],
  ['cloud metadata', 'http://169.254.169.254/latest/meta-data/', /HOST_REFUSED/],
  ['cloud metadata by its name', 'http://metadata.google.internal/', /HOST_REFUSED/],
  ['an address below the star', 'http://127.0.0.1.wild.example.:1/', /HOST_REFUSED/],
  ['another port', 'https://api.example:444/', /HOST_REFUSED/],
  ['the port of the other scheme', 'http://api.example/', /HOST_REFUSED/],
  ['another scheme', 'ftp://api.example:443/', /BROKER_REQUEST_INVALID/],
  ['a file', 'file:///etc/passwd', /BROKER_REQUEST_INVALID/],
  ['a socket', 'unix:///var/run/docker.sock', /BROKER_REQUEST_INVALID/],
  ['a path beside the open one', 'http://localhost:PORT/api/secrets', /HOST_REFUSED/],
  ['a path that begins like the open one', 'http://localhost:PORT/mirror/shopping', /HOST_REFUSED/],
  ['a path that climbs out', 'http://localhost:PORT/mirror/shop/../../api/secrets', /HOST_REFUSED/],
  ['the same, encoded', 'http://localhost:PORT/mirror/shop/%2e%2e/%2E%2E/api', /HOST_REFUSED/],
  ['no host', 'http:///etc', /400|BROKER_REQUEST_INVALID|HOST_REFUSED/],
  ['a star as the target', '*', /BROKER_REQUEST_INVALID/],
];

test.each(TARGETS)('to %s nothing goes, and no name is asked for', async (_, target, rule) => {
  verifies('M53');
  const { port } = new URL(service.url);
  const answer = await told([
    `GET ${target.replace('PORT', port)} HTTP/1.1`,
    'host: api.example',
    'connection: close',
  ]);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer).toMatch(rule);
  expect({ seen, resolved }).toEqual({ seen: [], resolved: [] });
});

const TUNNELS: readonly (readonly [what: string, to: string, rule: RegExp])[] = [
  ['another host', 'evil.example:443', /HOST_REFUSED/],
  ['the same host on another port', 'api.example:22', /HOST_REFUSED/],
  ['the machine', '127.0.0.1:PORT', /HOST_REFUSED/],
  ['a host of which a path is open only', 'localhost:PORT', /HOST_REFUSED/],
  ['a host without a port', 'api.example', /BROKER_REQUEST_INVALID|400/],
  ['an address with a path', 'api.example:443/../x', /BROKER_REQUEST_INVALID|400/],
  ['a user', 'x@api.example:443', /BROKER_REQUEST_INVALID|400/],
];

test.each(TUNNELS)('a tunnel to %s is not opened', async (_, to, rule) => {
  const place = to.replace('PORT', new URL(service.url).port);
  const answer = await told([`CONNECT ${place} HTTP/1.1`, `host: ${place}`]);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer).toMatch(rule);
  expect({ seen, resolved }).toEqual({ seen: [], resolved: [] });
});

test('a declared name that leads to this machine is refused for its address, also below a star and in a tunnel', async () => {
  const { port } = new URL(service.url);
  const asked = await told([`GET http://a.wild.example:${port}/ HTTP/1.1`, 'connection: close']);
  const tunnelled = await told([`CONNECT a.wild.example:${port} HTTP/1.1`, 'host: a']);
  expect([asked, tunnelled].map((answer) => /counterpart-refusal: (\w+)/.exec(answer)?.[1])).toEqual([
    'ADDRESS_REFUSED',
    'ADDRESS_REFUSED',
  ]);
  expect(seen).toEqual([]);
});

const OPEN = (): string => `GET http://localhost:${new URL(service.url).port}/mirror/shop/x HTTP/1.1`;

test.each(['__proto__', 'constructor', 'toString', '../x', 'a'.repeat(5_000)])(
  'an operation called %s lends nothing and breaks nothing',
  async (operation) => {
    const answer = await told([OPEN(), `counterpart-operation: ${operation}`, 'connection: close']);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*reached/);
    expect(seen).toEqual(['GET /mirror/shop/x']);
  },
);

test.each([
  [
    'in the body of one with a length',
    ['content-length: 3'],
    'abcGET http://evil.example/ HTTP/1.1\r\nconnection: close\r\n\r\n',
  ],
  [
    'after chunks',
    ['transfer-encoding: chunked'],
    '0\r\n\r\nGET http://evil.example/ HTTP/1.1\r\nconnection: close\r\n\r\n',
  ],
])('a second request %s is judged by itself', async (_, headers, body) => {
  const answer = await told([OPEN().replace('GET', 'POST'), 'host: x', ...headers], body);
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 403 [\s\S]*HOST_REFUSED/);
  expect(seen).toEqual(['POST /mirror/shop/x']);
});
