import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startHub, type TestHub } from '../fixtures/hub.ts';
import { SHOP_SECRETS, shopDescription, startShop, type Shop } from '../fixtures/mirrors/shop.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let shop: Shop;
let place: TestHome;
let hub: TestHub;
/** Far from this repository: no package can be found from here. */
const elsewhere = mkdtempSync(join(tmpdir(), 'mirror-alone-'));
const folder = join(elsewhere, 'shop-mirror');

beforeAll(async () => {
  shop = await startShop();
  place = createTestHome();
  writeFileSync(join(place.home, 'shop.json'), JSON.stringify(shopDescription(shop.url)));
  hub = await startHub(place.home);
  await place.run(['mirror', 'start', '--from', 'shop.json', '--seed', '3']);
  await place.run(['mirror', 'record', 'shop']);
  const headers = { authorization: `Bearer ${SHOP_SECRETS[0]}` };
  await (await fetch(`${hub.url}/mirror/shop/items/1`, { headers })).text();
  await place.run(['mirror', 'start', 'shop', '--mode', 'hybrid']);
  const data = place.write('home/data.json', JSON.stringify({ items: [{ id: 41, name: 'Taken along' }] }));
  await place.run(['mirror', 'seed', 'shop', data]);
  const exported = await place.run(['mirror', 'export', 'shop', folder]);
  expect(exported.code).toBe(0);
  expect(exported.stdout).toContain('mirror.js');
  await hub.stop();
});

afterAll(async () => {
  await place.dispose();
  await shop.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

async function startAlone(...args: string[]): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['mirror.js', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = z
    .tuple([z.instanceof(Buffer)])
    .rest(z.unknown())
    .parse(await once(child.stdout ?? child, 'data'));
  return { url: z.object({ url: z.string() }).parse(JSON.parse(line.toString())).url, child };
}

test('an exported mirror runs alone, with what it held and what was recorded, and holds no secret', async () => {
  verifies('M02');
  expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  const { url, child } = await startAlone('--port', '0', '--quiet');
  try {
    expect(await (await fetch(`${url}/items/1`)).json()).toEqual({ id: 1, name: 'Lamp', colour: 'red' });
    expect(await (await fetch(`${url}/items/41`)).json()).toMatchObject({ name: 'Taken along' });
    expect((await fetch(`${url}/items?page=x`)).status).toBe(422);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
  const written = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((file) => file.isFile() && file.name !== 'mirror.js')
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n');
  expect(SHOP_SECRETS.filter((secret) => written.includes(secret))).toEqual([]);
});

test('its program refuses what it cannot do in words, and a folder that is not empty is left alone', async () => {
  const ended = async (...args: string[]) => {
    const child = spawn(process.execPath, ['mirror.js', ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'close');
    return { code: child.exitCode, said };
  };
  const dreamt = await ended('--mode', 'dream');
  expect([dreamt.code, dreamt.said]).toEqual([2, expect.stringMatching(/mode/)]);
  renameSync(join(folder, 'mirror.json'), join(folder, 'kept.json'));
  const lost = await ended();
  expect([lost.code, lost.said]).toEqual([4, expect.stringMatching(/mirror\.json/)]);
  renameSync(join(folder, 'kept.json'), join(folder, 'mirror.json'));
  const again = await place.run(['mirror', 'export', 'shop', folder]);
  expect([again.code, again.stderr]).toEqual([4, expect.stringMatching(/not an empty folder/)]);
});
