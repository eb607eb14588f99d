import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerId } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStaging, sweepStaging } from './staging.ts';

const id = ServerId.parse('pets');
/** Above the largest pid that Linux gives. */
const DEAD_PID = 4_194_305;
let serversDir: string;

beforeEach(async () => {
  serversDir = await mkdtemp(join(tmpdir(), 'staging-'));
});
afterEach(() => rm(serversDir, { recursive: true, force: true }));

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(join(serversDir, path, '..'), { recursive: true });
  await writeFile(join(serversDir, path), text);
};
const get = (path: string) => readFile(join(serversDir, path), 'utf8');

// Nobody may write there, not even the user who may write everywhere.
test.skipIf(!existsSync('/proc/self'))(
  'a servers folder that cannot be written is told of as such',
  async () => {
    await expect(openStaging('/proc', id)).rejects.toMatchObject({
      code: 'DATA_UNWRITABLE',
      params: { directory: '/proc' },
    });
  },
);

test('a first install puts the new folder in place and leaves nothing else', async () => {
  const staging = await openStaging(serversDir, id);
  await writeFile(join(staging.next, 'manifest.json'), 'new');
  await staging.install();
  await staging.discard();
  expect([await readdir(serversDir), await get('pets/manifest.json')]).toEqual([['pets'], 'new']);
});

test("the owner's files are carried over, installed packages are not", async () => {
  await put('pets/src/tools/greet.ts', 'mine');
  await put('pets/node_modules/x/index.js', 'x');
  const staging = await openStaging(serversDir, id);
  await staging.install();
  await staging.discard();
  expect([await readdir(join(serversDir, 'pets')), await get('pets/src/tools/greet.ts')]).toEqual([
    ['src'],
    'mine',
  ]);
});

test('a discarded build leaves the installed version as it was', async () => {
  await put('pets/manifest.json', 'old');
  const staging = await openStaging(serversDir, id);
  await writeFile(join(staging.next, 'manifest.json'), 'new');
  await staging.discard();
  expect([await readdir(serversDir), await get('pets/manifest.json')]).toEqual([['pets'], 'old']);
});

test('builds of one server at the same time each install whole', async () => {
  const stagings = await Promise.all([
    openStaging(serversDir, id),
    openStaging(serversDir, id),
    openStaging(serversDir, id),
  ]);
  await Promise.all(
    stagings.map(async (staging, index) => {
      await writeFile(join(staging.next, 'one'), String(index));
      await writeFile(join(staging.next, 'two'), String(index));
      await staging.install();
    }),
  );
  await Promise.all(stagings.map((staging) => staging.discard()));
  expect(await readdir(serversDir)).toEqual(['pets']);
  expect(await get('pets/one')).toBe(await get('pets/two'));
});

test('the sweep removes folders of dead builds and leaves those of running ones', async () => {
  const running = await openStaging(serversDir, id);
  await put(`.staging-pets-${DEAD_PID}-0a1b2c3d/next/manifest.json`, 'half');
  await sweepStaging(serversDir);
  const left = await readdir(serversDir);
  await running.discard();
  expect(left).toHaveLength(1);
  expect(await readdir(serversDir)).toEqual([]);
});

test('a build that died between its two moves is undone by the sweep', async () => {
  await put('pets/manifest.json', 'old');
  await put(`.staging-pets-${DEAD_PID}-0a1b2c3d/next/manifest.json`, 'new');
  await rename(join(serversDir, 'pets'), join(serversDir, `.staging-pets-${DEAD_PID}-0a1b2c3d/previous`));
  await sweepStaging(serversDir);
  expect([await readdir(serversDir), await get('pets/manifest.json')]).toEqual([['pets'], 'old']);
});

test('a build that died after its two moves stays installed', async () => {
  await put('pets/manifest.json', 'new');
  await put(`.staging-pets-${DEAD_PID}-0a1b2c3d/previous/manifest.json`, 'old');
  await sweepStaging(serversDir);
  expect([await readdir(serversDir), await get('pets/manifest.json')]).toEqual([['pets'], 'new']);
});
