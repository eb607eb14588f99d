import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { NodeResponse } from '../../http/node-visit.ts';
import { UnreadAnswers, type UnreadLimits } from './unread.ts';

/** More than the buffers of a loopback connection take. */
const ANSWER = Buffer.alloc(24 * 1024 * 1024, 'x');

let end = (): void => undefined;
afterEach(() => end());

async function serve(limits: UnreadLimits) {
  const unread = new UnreadAnswers(limits);
  const server = createServer((_, res) => {
    res.end(ANSWER);
    unread.add(new NodeResponse(res));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has nothing else
  const sockets: Socket[] = [];
  end = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return async (): Promise<{ socket: Socket; answer: ServerResponse }> => {
    const socket = connect(port, '127.0.0.1').pause();
    sockets.push(socket);
    socket.on('error', () => undefined);
    const answered = new Promise<ServerResponse>((resolve) => {
      server.once('request', (_, res) => resolve(res));
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    return { socket, answer: await answered };
  };
}

const bytesOf = async (socket: Socket): Promise<number> => (await text(socket).catch(() => '')).length;

test('of answers that nobody reads the oldest is cut off once they are too many', async () => {
  const open = await serve({ maxUnreadBytes: ANSWER.length * 1.5, unreadIdleMs: 60_000 });
  const [first, second] = [await open(), await open()];
  expect(await bytesOf(first.socket)).toBeLessThan(ANSWER.length);
  expect(await bytesOf(second.socket)).toBeGreaterThan(ANSWER.length);
});

test('one answer alone may be larger than the bound', async () => {
  const open = await serve({ maxUnreadBytes: 1, unreadIdleMs: 60_000 });
  const { socket } = await open();
  expect(await bytesOf(socket)).toBeGreaterThan(ANSWER.length);
});

test('an answer that is not read any further is cut off', async () => {
  const open = await serve({ maxUnreadBytes: Infinity, unreadIdleMs: 50 });
  const { socket, answer } = await open();
  // The client that reads nothing notices nothing either.
  await once(answer, 'close');
  expect(await bytesOf(socket)).toBeLessThan(ANSWER.length);
});
