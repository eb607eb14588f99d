import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createBroker } from '@counterpart/hub/broker/broker';
import { ToolFailure } from '@counterpart/kit';
import { BROKER_NAME } from '@counterpart/kit/settings';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { BrokerDoor } from '../../hub/src/kernel/ports.ts';
import { listenByEventStream } from '../../scaffolds/kit/src/graphql/subscribe/event-stream.ts';
import { listenBySocket } from '../../scaffolds/kit/src/graphql/subscribe/socket.ts';
import { hearEvents } from '../../scaffolds/kit/src/stream/events.ts';
import { hearSocket } from '../../scaffolds/kit/src/stream/socket.ts';
import { verifies } from '../verifies.ts';

const TOKEN = 'tok-123456';
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A text in a frame of a service, which is not masked (RFC 6455, 5.2). */
function frame(text: string, opcode = 1): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
}

/** The text of a short frame of a client, which is masked. */
function unmasked(bytes: Buffer): string {
  const size = (bytes[1] ?? 0) & 0x7f;
  const mask = bytes.subarray(2, 6);
  return Buffer.from(bytes.subarray(6, 6 + size).map((byte, at) => byte ^ (mask[at % 4] ?? 0))).toString();
}

let service: Server;
let base = '';
let directory = '';
let door: BrokerDoor;
let broker: Awaited<ReturnType<typeof createBroker>>;
const seen: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders }[] = [];

/** Says hello with the credential it was sent, answers what it hears, and takes up GraphQL's conversation. */
function converse(socket: Duplex, authorization = ''): void {
  socket.write(frame(`hello ${authorization}`));
  socket.on('data', (bytes: Buffer) => {
    const said = unmasked(bytes);
    if (said.includes('connection_init')) socket.write(frame('{"type":"connection_ack"}'));
    else if (said.includes('"subscribe"')) {
      socket.write(frame('{"id":"1","type":"next","payload":{"data":{"tick":1}}}'));
      socket.write(frame('{"id":"1","type":"complete"}'));
    } else if ((bytes[0] ?? 0) === 0x81) socket.write(frame(`you said ${said}`));
    else socket.end(frame('', 8));
  });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'streams-'));
  service = createServer(({ url, headers }, response) => {
    seen.push({ url, headers });
    response.writeHead(url === '/closed' ? 401 : 200, { 'content-type': 'text/event-stream' });
    if (url === '/events') response.write(`data: {"with":"${headers.authorization ?? ''}"}\n\n`);
    response.end('event: next\ndata: {"data":{"tick":2}}\n\n');
  });
  service.on('upgrade', ({ url, headers }, socket: Duplex) => {
    seen.push({ url, headers });
    socket.on('error', () => undefined);
    if (url === '/closed') return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key'] ?? ''}${GUID}`)
      .digest('base64');
    const protocol = headers['sec-websocket-protocol'];
    const chosen = protocol === undefined ? '' : `sec-websocket-protocol: ${protocol}\r\n`;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n${chosen}sec-websocket-accept: ${accept}\r\n\r\n`,
    );
    converse(socket, headers.authorization);
  });
  await new Promise<void>((resolve) => void service.listen(0, '127.0.0.1', resolve));
  // What `listen` with a port gives.
  const { port } = service.address() as AddressInfo;
  base = `http://127.0.0.1:${port}`;
  broker = await createBroker({
    directory: join(directory, 'run'),
    clean: (text) => text,
    clock: { now: () => 0, after: () => () => undefined },
    events: { publish: () => undefined, subscribe: () => () => undefined },
    givenUp: () => undefined,
  });
  const museum = Blueprint.parse(JSON.parse(readFileSync('servers/museum/blueprint.json', 'utf8')));
  const auth = { schemes: { it: { kind: 'bearer' as const } }, default: [{ it: [] }] };
  const blueprint = Blueprint.parse({ ...museum, id: 'shop', auth, operations: [] });
  door = await broker.open({
    id: 'shop',
    rules: [{ entry: `127.0.0.1:${port}`, by: 'owner' }],
    blueprint: async () => blueprint,
    env: { SHOP_BASE_URL: base, SHOP_TOKEN: TOKEN },
    standIns: new Map(),
    limits: { circuit: { failures: 3, pauseMs: 1_000, pauses: 1 } },
  });
  process.env[BROKER_NAME] = join(door.folder, door.socketName);
});
afterEach(() => void seen.splice(0));
afterAll(async () => {
  delete process.env[BROKER_NAME];
  await broker.close();
  service.closeAllConnections();
  service.close();
  rmSync(directory, { recursive: true });
});

const request = (path: string, url = base) => ({
  method: 'GET',
  url: `${url}${path}`,
  headers: { 'counterpart-operation': 'any' },
});
const failureOf = (hearing: Promise<unknown>): Promise<string> =>
  hearing.then(
    () => 'heard',
    (error: unknown) => (error instanceof ToolFailure ? error.text : String(error)),
  );

/** Hears until so many messages came. */
async function heard(
  hear: typeof hearSocket,
  path: string,
  wanted: number,
  send: string[] = [],
): Promise<unknown[]> {
  const messages: unknown[] = [];
  const enough = new AbortController();
  const next = (message: unknown): void => {
    messages.push(message);
    if (messages.length >= wanted) enough.abort();
  };
  await hear(request(path), { send, next, signal: enough.signal }).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error;
  });
  return messages.slice(0, wanted);
}

test('a WebSocket is opened with credentials that the server never has, and speaks both ways', async () => {
  verifies('C05');
  expect(await heard(hearSocket, '/room?x=1', 2, ['"hi"'])).toEqual([
    `hello Bearer ${'*'.repeat(TOKEN.length)}`,
    'you said "hi"',
  ]);
  const [{ url, headers } = { url: '', headers: {} }] = seen;
  expect({ url, authorization: headers.authorization, operation: headers['counterpart-operation'] }).toEqual({
    url: '/room?x=1',
    authorization: `Bearer ${TOKEN}`,
    operation: undefined,
  });
  // Nothing could be hidden in what is compressed.
  expect(headers['sec-websocket-extensions']).toBeUndefined();
  await expect.poll(() => door.uses()).toMatchObject([{ requests: 1, answers: { '1xx': 1 } }]);
});

test('server-sent events come as they are sent, with credentials of the broker', async () => {
  expect(await heard(hearEvents, '/events', 1)).toEqual([
    { event: 'message', data: { with: `Bearer ${'*'.repeat(TOKEN.length)}` } },
  ]);
  expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
});

test('subscriptions of GraphQL are heard over both', async () => {
  const results: unknown[] = [];
  const hearing = {
    next: (result: unknown) => void results.push(result),
    signal: new AbortController().signal,
  };
  await listenBySocket(request('/graphql'), { query: 'subscription { tick }', variables: {} }, hearing);
  await listenByEventStream(request('/graphql'), { query: 'subscription { tick }', variables: {} }, hearing);
  expect(results).toEqual([{ data: { tick: 1 } }, { data: { tick: 2 } }]);
});

test('a host that is not declared is refused by name over each way, and nothing is asked', async () => {
  verifies('M53');
  const signal = new AbortController().signal;
  const elsewhere = request('/', 'http://evil.test');
  const listening = { send: [], next: () => undefined, signal };
  for (const hear of [hearSocket, hearEvents])
    expect(await failureOf(hear(elsewhere, listening))).toMatch(/^shop may not reach evil\.test:80/);
  const subscribing = { next: () => undefined, signal };
  expect(await failureOf(listenBySocket(elsewhere, { query: '', variables: {} }, subscribing))).toMatch(
    /^shop may not reach/,
  );
  expect(seen).toEqual([]);
});

test('a handshake that the service refuses is told as that, and another protocol is not passed on', async () => {
  expect(await failureOf(heard(hearSocket, '/closed', 1))).toMatch(/^The stream could not be opened/);
  const { request: start } = await import('node:http');
  const outgoing = start({
    socketPath: process.env[BROKER_NAME],
    path: `${base}/h2c`,
    headers: { connection: 'Upgrade', upgrade: 'h2c' },
  }).end();
  const status = await new Promise((resolve) => {
    outgoing.once('response', ({ statusCode }) => resolve(statusCode));
  });
  expect(status).toBe(400);
  expect(seen.map(({ url }) => url)).toEqual(['/closed']);
});
