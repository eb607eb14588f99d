import { once } from 'node:events';
import { createServer } from 'node:net';
import { testContext } from '@counterpart/kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askService } from '../src/tools/ask-service.ts';

/** Answers every line with itself, louder. */
const service = createServer((socket) => {
  socket.on('data', (bytes) => void socket.end(bytes.toString().toUpperCase()));
});
let address = '';

beforeAll(async () => {
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const bound = service.address();
  address = typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : '';
});
afterAll(() => void service.close());

const ask = (line: string, to: string) =>
  askService.call({ line }, testContext({ settings: { TEMPLATE_ADDRESS: to } }));

test('a line is sent and the answer comes back', async () => {
  expect(await ask('hello', address)).toMatchObject({ structuredContent: { answer: 'HELLO' } });
});

test('a service that is not there is named', async () => {
  await expect(ask('hello', '127.0.0.1:1')).rejects.toThrow('127.0.0.1:1 gave no answer');
});
