import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connection, KeptConnections } from './connections.ts';

const HOST = '127.0.0.1';

let server: Server;
let port: number;
let kept: KeptConnections;
let open: Socket[];

beforeEach(async () => {
  server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, HOST);
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo); // It listens on TCP.
  kept = new KeptConnections();
  open = [];
});
afterEach(async () => {
  for (const socket of open) socket.destroy();
  server.close();
  await once(server, 'close');
});

function taken(): Connection {
  const connection = kept.take(HOST, port);
  if (!open.includes(connection.socket)) open.push(connection.socket);
  return connection;
}
const keep = (connection: Connection, idleMs = 4_000): void => kept.keep(connection, HOST, port, idleMs);

test('the last that was used is taken first, and none twice', () => {
  const [first, second] = [taken(), taken()];
  keep(first);
  keep(second);
  expect([taken(), taken()]).toEqual([second, first]);
  expect(taken().isUsed).toBe(false);
});

test('one that waits is closed when its time is up, and not while it is used', async () => {
  const connection = taken();
  keep(connection, 3_000);
  expect(connection.socket.timeout).toBe(3_000);
  expect(taken()).toBe(connection);
  const { socket } = connection;
  expect([socket.timeout, socket.listenerCount('timeout')]).toEqual([0, 0]);
  keep(connection);
  socket.emit('timeout');
  await once(socket, 'close');
  expect(taken()).not.toBe(connection);
});

test('one that is closed, or is to be, is not taken', () => {
  const [closed, last] = [taken(), taken()];
  keep(closed);
  closed.socket.destroy();
  keep(last, 0);
  expect(last.socket.destroyed).toBe(true);
  expect([closed, last]).not.toContain(taken());
});

test('only so many wait, and those that were closed do not count', () => {
  const all = Array.from({ length: 257 }, taken);
  for (const connection of all) keep(connection);
  expect(all.filter(({ socket }) => socket.destroyed)).toEqual([all[256]]);
  const another = kept.open(HOST, port);
  open.push(another.socket);
  for (const { socket } of all) socket.destroy();
  keep(another);
  expect(taken()).toBe(another);
});

/** Sockets that keep the process alive. */
const holding = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('one that waits does not keep the process alive', async () => {
  const came = once(server, 'connection');
  const connection = taken();
  await Promise.all([once(connection.socket, 'connect'), came]);
  const before = holding();
  keep(connection);
  expect(holding()).toBe(before - 1);
  taken();
  expect(holding()).toBe(before);
});

test('one on which something comes that nobody reads is closed', async () => {
  const came = once(server, 'connection') as Promise<[Socket]>; // As its type is.
  const { socket } = taken();
  const closed = once(socket, 'close');
  (await came)[0].write('HTTP/1.1 408 Too late');
  await closed;
  expect(socket.destroyed).toBe(true);
});

test('who takes one over that is closed hears of it', async () => {
  const connection = taken();
  await once(connection.socket, 'connect');
  const closed = new Promise((done) => connection.socket.once('close', done));
  connection.socket.destroy(new Error('it broke'));
  await closed;
  const heard: unknown[] = [];
  connection.use({ bytes: () => undefined, lost: (cause) => void heard.push(cause?.message) });
  expect(heard).toEqual(['it broke']);
});
