import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LineShim } from './line-shim.ts';

let hub: Server;
let shim: LineShim | undefined;

beforeEach(async () => {
  hub = createServer();
  await once(hub.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  await shim?.close();
  hub.close();
});

const open = async (): Promise<Socket> => {
  const socket = connect((hub.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

const lineOf = (message: object): string => `${JSON.stringify(message)}\n`;
const request = (id: number, method: string): object => ({ jsonrpc: '2.0', id, method, params: {} });
const hello = (protocolVersion: string): object => ({
  ...request(0, 'initialize'),
  params: { protocolVersion },
});

/** A shim before a hub that reads so many lines and dies, and one that keeps what it reads. */
async function cutAfter(
  count: number,
  lines: readonly object[],
): Promise<[said: unknown[], again: string[]]> {
  const output = new PassThrough();
  const again: string[] = [];
  let left = count;
  hub.on('connection', (socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => {
      if (left <= 0) return void again.push(line);
      left -= 1;
      if (line.includes('"initialize"')) socket.write(lineOf({ jsonrpc: '2.0', id: 0, result: {} }));
      if (line === JSON.stringify(PINGS)) socket.write(lineOf([{ jsonrpc: '2.0', id: 6, result: {} }]));
      if (left === 0) socket.end();
    });
  });
  const said: unknown[] = [];
  createInterface({ input: output }).on('line', (line) => void said.push(JSON.parse(line)));
  const socket = await open();
  shim = new LineShim({ socket, input: new PassThrough(), output, open, address: () => 'here' });
  shim.push(Buffer.from(lines.map(lineOf).join('')));
  return [said, again];
}

const [PINGS, CALLS, LISTS] = [
  [request(6, 'ping')],
  [request(1, 'tools/list'), request(2, 'tools/call')],
  [request(3, 'tools/list'), request(4, 'prompts/list'), { jsonrpc: '2.0', method: 'notifications/x' }],
];

test('of batches that were under way, those with a call fail in one line and the others are asked again', async () => {
  const [said, again] = await cutAfter(4, [hello('2025-03-26'), PINGS, CALLS, LISTS]);
  const error = { code: -32603, message: expect.stringContaining('broke off') as string };
  await expect.poll(() => said).toHaveLength(3);
  expect(said[2]).toMatchObject([
    { id: 1, error },
    { id: 2, error },
  ]);
  await expect.poll(() => again.filter((line) => line.startsWith('['))).toEqual([JSON.stringify(LISTS)]);
});

test('a batch that its version does not have is not waited for', async () => {
  const [said] = await cutAfter(2, [hello('2025-11-25'), CALLS, request(5, 'tools/call')]);
  await expect.poll(() => said).toHaveLength(2);
  expect(said[1]).toMatchObject({ id: 5, error: { code: -32603 } });
});
