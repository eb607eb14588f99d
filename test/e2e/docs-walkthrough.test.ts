import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createTestHome } from './cli-runner.ts';
import { recordWalkthrough } from '../walkthrough/record.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/walkthrough.md', import.meta.url));

test('the walkthrough from an address to an answer shows what the hub prints', async () => {
  const recorded = await recordWalkthrough();
  if (process.env['UPDATE'] === '1') writeFileSync(DOCUMENT, recorded);
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(recorded);
}, 120_000);

test('Ctrl-C ends a build whose source does not answer, and nobody is told of an error', async () => {
  const home = createTestHome();
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo; // it listens on a port, not on a pipe
  const asked = new Promise<Socket>((resolve) => silent.once('connection', resolve));
  const child = home.spawn(['build', '--from', `http://127.0.0.1:${port}/openapi.json`]);
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ended = once(child, 'close');
  const connection = await asked;
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(said.join('')).not.toContain('✗');
  connection.destroy();
  silent.close();
  await home.dispose();
});

test('Ctrl-C ends a build that waits for its standard input', async () => {
  const home = createTestHome();
  const child = home.spawn(['build', '--from', '-']);
  const ended = once(child, 'close');
  // The line of what is being done comes once it waits.
  await new Promise((resolve) => child.stderr?.once('data', resolve));
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  await home.dispose();
});
