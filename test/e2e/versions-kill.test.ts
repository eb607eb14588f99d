import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isSound } from '../../hub/src/versions/keep.ts';
import { installVersion, rollBack, versionInUse } from '../../hub/src/versions/install.ts';
import { keptVersions } from '../../hub/src/versions/kept.ts';
import type { VersionsAt } from '../../hub/src/versions/places.ts';
import { sweepStaging } from '../../hub/src/versions/staging.ts';
import { writePackage } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const PROGRAM = fileURLToPath(new URL('./versions-program.ts', import.meta.url));
const SNAPSHOTS = fileURLToPath(new URL('../fixtures/versions/snapshots.mjs', import.meta.url));
const run = promisify(execFile);

const atOf = (root: string): VersionsAt => ({
  dataDir: join(root, 'data'),
  serversDir: join(root, 'servers'),
  keep: 10,
  thirdParty: [],
  toolkit: '0.0.0',
  path: process.env['PATH'],
  note: () => undefined,
});
const facts = {
  author: { kind: 'person' as const },
  approval: { by: 'a test', at: new Date().toISOString() },
};

/** A folder with packages `1.0.0` and `1.1.0` of one server, removed at the end. */
function openRoot(
  extraFiles = 0,
): { root: string; at: VersionsAt; candidate: (version: string) => string } & Disposable {
  const top = mkdtempSync(join(tmpdir(), 'versions-'));
  const root = join(top, 'root');
  const candidate = (version: string) => join(top, version, 'notes');
  for (const version of ['1.0.0', '1.1.0']) {
    writePackage(candidate(version), { id: 'notes', version });
    for (let file = 0; file < extraFiles; file += 1)
      writeFileSync(join(candidate(version), `note-${file}.md`), `${version} ${'words '.repeat(file)}`);
  }
  mkdirSync(root);
  return {
    root,
    at: atOf(root),
    candidate,
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  };
}

const programArgs = (verb: string, at: VersionsAt, given: string): string[] => [
  PROGRAM,
  verb,
  at.dataDir,
  at.serversDir,
  'notes',
  given,
];

/** What must be true after a kill: every kept version is whole, and what is in use is one of them. */
async function assertWhole(at: VersionsAt): Promise<string> {
  await sweepStaging(at.serversDir);
  for (const kept of keptVersions(at, 'notes'))
    expect([kept.name, await isSound(kept)]).toEqual([kept.name, true]);
  const inUse = await versionInUse('notes', at);
  const manifest = JSON.parse(readFileSync(join(at.serversDir, 'notes/manifest.json'), 'utf8')) as {
    version: string;
  };
  expect(inUse?.provenance.version).toBe(manifest.version);
  expect(readdirSync(at.serversDir)).toEqual(['notes']);
  return manifest.version;
}

test.each(['install', 'rollback'])(
  'killed before any step of its %s, the old version is in use or the new one, whole',
  async (verb) => {
    verifies('D10');
    using folder = openRoot();
    const { root, at, candidate } = folder;
    await installVersion({ id: 'notes', candidateDir: candidate('1.0.0'), facts }, at);
    if (verb === 'rollback')
      await installVersion({ id: 'notes', candidateDir: candidate('1.1.0'), facts }, at);
    const to = join(root, '..', 'snapshots');
    const given = verb === 'install' ? candidate('1.1.0') : '';
    const env = { ...process.env, SNAPSHOT_OF: root, SNAPSHOT_TO: to };
    await run(process.execPath, ['--import', SNAPSHOTS, ...programArgs(verb, at, given)], { env });
    const moments = readdirSync(to).sort();
    expect(moments.length).toBeGreaterThan(verb === 'install' ? 15 : 8);
    const seen = new Set<string>();
    for (const moment of moments) {
      const left = atOf(join(to, moment));
      seen.add(await assertWhole(left));
    }
    expect([...seen].sort()).toEqual(['1.0.0', '1.1.0']);
    // And whatever was left, the same command afterwards ends as it would have.
    const middle = atOf(join(to, moments[Math.floor(moments.length / 2)] ?? ''));
    if (verb === 'install') await installVersion({ id: 'notes', candidateDir: given, facts }, middle);
    else await rollBack({ id: 'notes', wanted: '1.0.0', by: 'a test' }, middle);
    expect(await assertWhole(middle)).toBe(verb === 'install' ? '1.1.0' : '1.0.0');
    expect(
      readdirSync(join(middle.dataDir, 'versions/notes')).filter((name) => name.startsWith('.')),
    ).toEqual([]);
  },
);

/** States of the folders in the order in which an install goes through them. */
const STATES: readonly (readonly [string, (at: VersionsAt) => boolean])[] = [
  ['a version is being written', (at) => names(join(at.dataDir, 'versions/notes'), '.keeping-').length > 0],
  ['the version is kept', (at) => names(join(at.dataDir, 'versions/notes'), '1.1.0-').length > 0],
  ['the swap is prepared', (at) => names(at.serversDir, '.staging-').length > 0],
];

const names = (folder: string, prefix: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];

test.each(STATES)(
  'a real kill -9 when %s leaves whole versions, and the next install ends it',
  async (_, isReached) => {
    // So many files that the state lasts.
    using folder = openRoot(60);
    const { at, candidate } = folder;
    await installVersion({ id: 'notes', candidateDir: candidate('1.0.0'), facts }, at);
    const child = spawn(process.execPath, programArgs('install', at, candidate('1.1.0')), {
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    while (!isReached(at) && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    expect((await ended)[1]).toBe('SIGKILL');
    expect(['1.0.0', '1.1.0']).toContain(await assertWhole(at));
    await installVersion({ id: 'notes', candidateDir: candidate('1.1.0'), facts }, at);
    expect(await assertWhole(at)).toBe('1.1.0');
  },
);

test('two installs at once each end whole, and both versions are kept', async () => {
  using folder = openRoot(10);
  const { at, candidate } = folder;
  await Promise.all(
    ['1.0.0', '1.1.0'].map((version) =>
      run(process.execPath, programArgs('install', at, candidate(version))),
    ),
  );
  await assertWhole(at);
  expect(
    keptVersions(at, 'notes')
      .map(({ provenance }) => provenance.version)
      .sort(),
  ).toEqual(['1.0.0', '1.1.0']);
});

test('a disk that takes no more leaves the version in use, and nothing half-kept', async () => {
  using folder = openRoot();
  const { at, candidate } = folder;
  await installVersion({ id: 'notes', candidateDir: candidate('1.0.0'), facts }, at);
  const large = join(folder.root, '..', 'large');
  cpSync(candidate('1.1.0'), large, { recursive: true });
  writeFileSync(join(large, 'large.bin'), Buffer.alloc(3 * 1024 * 1024));
  // A limit on the size of files is as good as a full disk, and needs no disk.
  const command = 'trap "" XFSZ; ulimit -f 1024; exec "$0" "$@"';
  const failed = run('bash', ['-c', command, process.execPath, ...programArgs('install', at, large)]);
  await expect(failed).rejects.toMatchObject({
    stderr: expect.stringContaining('DATA_UNWRITABLE') as string,
  });
  expect(await assertWhole(at)).toBe('1.0.0');
  expect(keptVersions(at, 'notes')).toHaveLength(1);
  expect(names(join(at.dataDir, 'versions/notes'), '.')).toEqual([]);
});
