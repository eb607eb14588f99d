import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
const sockets: Socket[] = [];

const boot = async (config: object = {}): Promise<void> => {
  place = makeHome(config);
  hub = await startHub(place.home);
};
beforeEach(() => {
  sockets.length = 0;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await hub.stop();
  place.remove();
});

/** Sends a request head to the hub and gives what comes back, until it holds `mark`. */
async function ask(head: readonly string[], mark: string): Promise<{ socket: Socket; said: string }> {
  const { port, host } = new URL(hub.url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  sockets.push(socket);
  const lines = head.some((line) => line.startsWith('host:')) ? head : [...head, `host: ${host}`];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { socket, said: await until(socket, mark) };
}

async function until(socket: Socket, mark: string): Promise<string> {
  let said = '';
  for await (const [chunk] of on(socket)) {
    said += chunk;
    if (said.includes(mark)) return said;
  }
  return said;
}

async function* on(socket: Socket): AsyncGenerator<[string]> {
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [string]; // the stream has an encoding
    yield [chunk];
  }
}

const UPGRADE = ['GET /mcp HTTP/1.1', 'connection: upgrade', 'upgrade: mcp-lines'];
const PING = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}\n';

test('a connection becomes lines when it asks to, and ends with the hub', async () => {
  await boot();
  const { socket, said } = await ask(UPGRADE, '\r\n\r\n');
  expect(said).toMatch(/^HTTP\/1\.1 101 /);
  const answer = until(socket, '\n');
  socket.write(PING);
  expect(await answer).toContain('"serverInfo":{"name":"counterpart"');
  const ended = once(socket, 'end');
  expect(await hub.stop()).toBe(0);
  await ended;
});

test('lines pass the same checks as every request: host, origin and token', async () => {
  await boot({ auth: { mcp: 'token' } });
  const foreign = await ask([...UPGRADE, 'host: evil.test'], 'HOST_FORBIDDEN');
  expect(foreign.said).toMatch(/^HTTP\/1\.1 403 /);
  const page = await ask([...UPGRADE, 'origin: https://evil.test'], 'HOST_FORBIDDEN');
  expect(page.said).toMatch(/^HTTP\/1\.1 403 /);
  const stranger = await ask(UPGRADE, 'AUTH_REQUIRED');
  expect(stranger.said).toMatch(/^HTTP\/1\.1 401 /);
  const known = await ask([...UPGRADE, `authorization: Bearer ${hub.token}`], '\r\n\r\n');
  expect(known.said).toMatch(/^HTTP\/1\.1 101 /);
});

test('whoever asks for another protocol is served as if it had not', async () => {
  await boot();
  const { said } = await ask(['GET /healthz HTTP/1.1', 'connection: upgrade', 'upgrade: h2c'], '\r\n\r\n');
  expect(said).toMatch(/^HTTP\/1\.1 200 /);
});
