import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { VersionDiff, VersionList } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startHub, writePackage } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let home: TestHome;
const hub = (...args: string[]) => home.run(['--home', home.home, ...args]);
const listed = async () => (await hub('versions', 'toy-shop', '--json')).json(VersionList);
const git = (...args: string[]) =>
  promisify(execFile)('git', ['--git-dir', join(home.home, '.hub/versions/toy-shop/history.git'), ...args]);

beforeAll(async () => {
  home = createTestHome();
  const first = home.write('shop.json', shop());
  expect((await hub('build', '--from', first)).code).toBe(0);
  const second = shop((it) => {
    delete it.paths['/toys/{id}']?.['delete'];
    it.paths['/toys/count'] = {
      get: { operationId: 'countToys', responses: { 200: { description: 'Done.' } } },
    };
    it.servers = [{ url: 'https://new.example.test/v1' }];
  });
  expect((await hub('build', '--from', home.write('shop.json', second))).code).toBe(0);
});
afterAll(() => home.dispose());

test('every version that was built is listed, with what it was made from, by whom, and which is in use', async () => {
  verifies('D10', 'N02');
  const { standing, versions } = await listed();
  expect(standing).toBe('signed');
  expect(versions.map(({ version, active, tools }) => [version, active, tools.length])).toEqual([
    ['2.0.0', true, 4],
    ['1.0.0', false, 4],
  ]);
  expect(versions[0]).toMatchObject({
    author: { kind: 'compiler', name: expect.stringMatching(/^openapi@/) as string },
    approval: { by: 'owner via cli' },
    source: { location: 'shop.json' },
    before: versions[1]?.content,
    reports: { check: expect.stringMatching(/^sha256-/) as string },
  });
  const { stdout } = await git('log', '--format=%s %an', 'v2.0.0');
  expect(stdout).toBe('toy-shop 2.0.0 Counterpart\ntoy-shop 1.0.0 Counterpart\n');
});

test('two versions are compared: breaking changes first, hosts and files named', async () => {
  const { code, json } = await hub('versions', 'toy-shop', '--diff', '1.0.0', '2.0.0', '--json');
  const diff = json(VersionDiff);
  expect([code, diff.tools.map(({ kind, tool, breaking }) => [kind, tool, breaking])]).toEqual([
    4,
    [
      ['removed', 'delete_toy', true],
      ['added', 'count_toys', false],
    ],
  ]);
  expect(diff.hosts).toEqual({ added: ['new.example.test:443'], removed: ['toys.example.test:443'] });
  expect(diff.files.map(({ path }) => path)).toContain('manifest.json');
});

test('one command puts the version before back and another takes it forth again, with no hub running', async () => {
  verifies('D09');
  const back = await hub('rollback', 'toy-shop', '--json');
  expect(back.json(z.looseObject({ version: z.string(), hub: z.string() }))).toMatchObject({
    version: '1.0.0',
    hub: 'stopped',
  });
  expect((await listed()).versions.map(({ version, active }) => [version, active])).toEqual([
    ['2.0.0', false],
    ['1.0.0', true],
  ]);
  const none = await hub('rollback', 'toy-shop');
  expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('no version before 1.0.0')]);
  expect((await hub('rollback', 'toy-shop@2.0.0')).stdout).toMatch(
    /2\.0\.0 is in use again.*rollback toy-shop 1\.0\.0/,
  );
});

test('a running hub serves the tools of the version that was put back, approved as they were, and finishes with the other', async () => {
  verifies('D09');
  const running = await startHub(home.home);
  try {
    const names = async () => {
      const { tools } = z
        .object({ tools: z.array(z.object({ name: z.string() })) })
        .parse(await running.rpc('tools/list'));
      return tools.map(({ name }) => name);
    };
    expect(await names()).toContain('toy-shop__count_toys');
    const { code, stdout } = await hub('rollback', 'toy-shop', '--json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('"running"')]);
    expect(await names()).toContain('toy-shop__delete_toy');
    expect(await names()).not.toContain('toy-shop__count_toys');
    expect(await running.get('/api/approvals')).toEqual({ pending: [] });
    await hub('rollback', 'toy-shop', '2.0.0');
    expect(await names()).toContain('toy-shop__count_toys');
  } finally {
    await running.stop();
  }
});

test('an edit made by hand is kept when a version is put back over it, and can be had again', async () => {
  const readme = join(home.home, 'servers/toy-shop/README.md');
  const before = readFileSync(readme, 'utf8');
  writeFileSync(readme, `${before}\nMine.\n`);
  expect((await listed()).standing).toBe('changed');
  await hub('rollback', 'toy-shop');
  expect(readFileSync(readme, 'utf8')).toBe(before);
  const mine = (await listed()).versions.find(({ approval }) => approval === undefined);
  expect((await hub('rollback', 'toy-shop', mine?.name ?? '')).code).toBe(0);
  expect(readFileSync(readme, 'utf8')).toContain('Mine.');
  await hub(
    'rollback',
    'toy-shop',
    '2.0.0-' +
      ((await listed()).versions.find(({ author }) => author.kind === 'compiler')?.content.slice(7, 19) ??
        ''),
  );
  expect(readFileSync(readme, 'utf8')).toBe(before);
});

test('a version whose record was changed is not put back, and a name that leads elsewhere is no server', async () => {
  const { versions } = await listed();
  const old = versions.find(({ version }) => version === '1.0.0');
  const file = join(home.home, '.hub/versions/toy-shop', old?.name ?? '', 'provenance.json');
  const record = readFileSync(file, 'utf8');
  const envelope = JSON.parse(record) as { payload: string };
  const payload = Buffer.from(envelope.payload, 'base64')
    .toString()
    .replace('owner via cli', 'somebody else');
  writeFileSync(file, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
  const refused = await hub('rollback', 'toy-shop', '1.0.0');
  expect([refused.code, refused.stderr]).toEqual([8, expect.stringContaining('changed after it was signed')]);
  writeFileSync(file, record);
  const packaged = join(home.home, '.hub/versions/toy-shop', old?.name ?? '', 'package/tools.json');
  const tools = readFileSync(packaged, 'utf8');
  chmodSync(packaged, 0o600);
  writeFileSync(packaged, tools.replace('Lists', 'Steals').replace('List', 'Steal'));
  expect((await hub('rollback', 'toy-shop', '1.0.0')).stderr).toContain('PROVENANCE_INVALID');
  writeFileSync(packaged, tools);
  chmodSync(packaged, 0o400);
  expect((await hub('versions', '../toy-shop')).stderr).toContain('SERVER_UNKNOWN');
});

test('what others need is neither removed nor replaced by a version that does not fit, and a need that is not met is named', async () => {
  verifies('E03');
  const needing = join(home.home, 'servers/reports');
  writePackage(needing, { id: 'reports' });
  const file = join(needing, 'manifest.json');
  const needs = (dependsOn: object) =>
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), dependsOn }));
  needs({ 'toy-shop': '^2.0.0' });
  const removed = await hub('remove', 'toy-shop', '--yes');
  expect([removed.code, removed.stderr]).toEqual([
    4,
    expect.stringContaining('toy-shop is needed by reports, which needs ^2.0.0'),
  ]);
  const back = await hub('rollback', 'toy-shop', '1.0.0');
  expect([back.code, back.stderr]).toEqual([
    4,
    expect.stringContaining('toy-shop 1.0.0 does not fit reports'),
  ]);
  needs({ 'toy-shop': '^3.0.0', nowhere: '*' });
  expect((await hub('validate', 'reports')).stdout).toContain(
    'reports needs toy-shop ^3.0.0, and 2.0.0 is in place',
  );
  const running = await startHub(home.home);
  try {
    const { problems } = z
      .object({ problems: z.array(z.object({ server: z.string(), code: z.string() })) })
      .parse(await running.get('/api/status'));
    expect(problems).toEqual([{ server: 'reports', code: 'DEPENDENCY_VERSION' }]);
  } finally {
    await running.stop();
  }
  rmSync(needing, { recursive: true });
});

test('a removed server keeps its versions and comes back; a purged one leaves nothing, and what went is named', async () => {
  verifies('D09');
  const removed = await hub('remove', 'toy-shop', '--yes');
  expect(removed.stdout).toMatch(/versions and secrets are kept until/);
  expect((await listed()).standing).toBe('removed');
  expect((await hub('rollback', 'toy-shop', '--json')).code).toBe(0);
  await home.run(
    ['--home', home.home, 'secret', 'set', 'TOY_SHOP_API_KEY', '--server', 'toy-shop', '--stdin'],
    {
      input: 'a-key\n',
    },
  );
  const asked = await hub('remove', 'toy-shop', '--purge');
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('nobody agreed')]);
  const purged = await hub('remove', 'toy-shop', '--purge', '--yes');
  expect(purged.stdout).toMatch(/for good:\n.*the secret TOY_SHOP_API_KEY[\s\S]*versions and the history/);
  expect((await hub('secret', 'list', '--json')).stdout).not.toContain('toy-shop');
  expect(existsSync(join(home.home, '.hub/versions/toy-shop'))).toBe(false);
  expect((await hub('remove', 'toy-shop', '--purge', '--yes')).stderr).toContain('SERVER_UNKNOWN');
});
