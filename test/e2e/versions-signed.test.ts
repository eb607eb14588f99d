import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubStatus } from '@counterpart/schemas/hub/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startHub, type TestHub } from '../fixtures/hub.ts';
import { shop } from './builder-shop.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';
import { verifies } from '../verifies.ts';

let home: TestHome;
let hub: TestHub;
const cli = (...args: string[]) => home.run(['--home', home.home, ...args]);
const inPlace = (file: string) => join(home.home, 'servers/toy-shop', file);
/** Of the version that was built. */
let keptDir: string;

beforeAll(async () => {
  home = createTestHome({ overrides: { 'toy-shop': { target: 'mirror' } } });
  expect((await cli('build', '--from', home.write('shop.json', shop()))).code).toBe(0);
  const folder = join(home.home, '.hub/versions/toy-shop');
  keptDir = join(folder, readdirSync(folder).find((name) => name.startsWith('1.0.0-')) ?? '');
  hub = await startHub(home.home);
});
afterAll(async () => {
  await hub.stop();
  await home.dispose();
});

const status = async () => HubStatus.parse(await hub.get('/api/status'));
const problem = async () => (await status()).problems.find(({ server }) => server === 'toy-shop');
const call = async () =>
  (await hub.rpc('tools/call', { name: 'toy-shop__list_toys', arguments: {} }))['isError'] ?? false;
const restart = async () => {
  await hub.stop();
  hub = await startHub(home.home);
};

test('a built server is signed, and the key that signed it is shown', async () => {
  verifies('N30');
  const { servers, signingKey } = await status();
  expect(servers.map(({ id, signed }) => [id, signed])).toEqual([['toy-shop', true]]);
  const listed = (await cli('versions', 'toy-shop', '--json')).json(z.looseObject({ key: z.unknown() }));
  expect(listed.key).toEqual(signingKey);
  expect((await cli('status')).stdout).toContain(signingKey?.publicKey);
  expect(await call()).not.toBe(true);
});

test('what runs is the program that was signed, whatever lies in the servers folder', async () => {
  writeFileSync(inPlace('dist/server.js'), 'process.exit(9);');
  await hub.send('POST', '/api/servers/toy-shop/restart', {});
  expect(await call()).not.toBe(true);
});

test('a package with a changed file is not started: the file is named, and both remedies work', async () => {
  verifies('N03', 'N30');
  const readme = readFileSync(inPlace('README.md'), 'utf8');
  appendFileSync(inPlace('README.md'), 'Changed.\n');
  await restart();
  expect(await problem()).toMatchObject({
    code: 'PACKAGE_CHANGED',
    detail: expect.stringContaining('since 1.0.0, README.md was changed') as string,
    fix: expect.stringContaining('hub rollback toy-shop') as string,
  });
  await expect(call()).rejects.toThrow(/toy-shop__list_toys/);
  await cli('rollback', 'toy-shop');
  expect(readFileSync(inPlace('README.md'), 'utf8')).toBe(readme);
  expect([await problem(), await call()]).toEqual([undefined, false]);
  appendFileSync(inPlace('README.md'), 'Mine.\n');
  // What is accepted are the sources: a program that lies beside them, its stamp too, may be another's.
  writeFileSync(inPlace('dist/server.js'), 'process.exit(9);');
  expect((await cli('versions', 'accept', 'toy-shop')).stderr).toContain('nobody agreed');
  expect((await cli('versions', 'accept', 'toy-shop', '--yes')).code).toBe(0);
  await restart();
  expect([await problem(), await call()]).toEqual([undefined, false]);
  await cli('rollback', 'toy-shop');
});

test('a running server whose package is changed goes on as it was, and is not replaced', async () => {
  writeFileSync(
    inPlace('src/server.ts'),
    `${readFileSync(inPlace('src/server.ts'), 'utf8')}\nprocess.exit(9);\n`,
  );
  await hub.send('POST', '/api/reload', {});
  expect(await problem()).toMatchObject({ code: 'PACKAGE_CHANGED' });
  await hub.send('POST', '/api/servers/toy-shop/restart', {});
  expect(await call()).toBe(false);
  await cli('rollback', 'toy-shop');
  expect(await problem()).toBeUndefined();
});

test('a program that was changed where it is kept is not started, not even by a hub that runs', async () => {
  const program = join(keptDir, 'package/dist/server.js');
  const bytes = readFileSync(program);
  chmodSync(program, 0o600);
  appendFileSync(program, '\n;process.exit(9);\n');
  await hub.send('POST', '/api/servers/toy-shop/restart', {});
  await expect(call()).rejects.toThrow(/the program that is kept of it was changed/);
  writeFileSync(program, bytes);
  expect(await call()).toBe(false);
});

test('a record that somebody wrote is not believed, and a server without any record is unsigned', async () => {
  const file = join(keptDir, 'provenance.json');
  const record = readFileSync(file, 'utf8');
  const { payload, ...rest } = z.looseObject({ payload: z.string() }).parse(JSON.parse(record));
  const forged = Buffer.from(payload, 'base64').toString().replace('owner via cli', 'owner via cxx');
  writeFileSync(file, JSON.stringify({ ...rest, payload: Buffer.from(forged).toString('base64') }));
  await restart();
  expect(await problem()).toMatchObject({
    code: 'PROVENANCE_INVALID',
    detail: expect.stringContaining('changed after it was signed') as string,
  });
  rmSync(join(home.home, '.hub/versions'), { recursive: true });
  rmSync(inPlace('dist'), { recursive: true });
  await hub.send('POST', '/api/reload', {});
  expect((await status()).servers.map(({ signed }) => signed)).toEqual([false]);
  expect((await cli('versions', 'toy-shop')).stdout).toContain('is unsigned');
  expect(await call()).toBe(false);
});
