import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles } from '@counterpart/scaffolds/server/source-files';
import { expect, test } from 'vitest';
import { validateServer } from '../../hub/src/builder/verify/validate.ts';
import { sweepStaging } from '../../hub/src/versions/staging.ts';
import { shop } from './builder-shop.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

const program = fileURLToPath(new URL('./builder-kill-program.ts', import.meta.url));

async function put(workspace: Workspace, description: string): Promise<string> {
  const from = join(workspace.dir, 'shop.json');
  await writeFile(
    from,
    shop((it) => void (it.info['description'] = description)),
  );
  return from;
}

/** How the builder ended: the signal's name, or its exit code. */
async function buildAndDie(
  workspace: Workspace,
  from: string,
  [stage, delayMs]: [string, number],
): Promise<unknown> {
  const child = spawn(process.execPath, [program, from, workspace.serversDir, stage, String(delayMs)], {
    stdio: 'ignore',
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code;
}

/** Every file of the installed server; nothing when there is none. */
async function installed(workspace: Workspace): Promise<Record<string, string>> {
  const dir = join(workspace.serversDir, 'toy-shop');
  const files = await listFiles(dir, '.');
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  return Object.fromEntries(files.map((file, index) => [file, texts[index] ?? '']));
}

/** Ids of running processes that have this text in their command line. */
async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => lines[index]?.includes(text));
}

const moments: [string, number][] = [
  ['read', 0],
  ['compile', 0],
  ['write', 0],
  ['write', 5],
  ['bundle', 0],
  ['bundle', 60],
  ['check', 0],
  ['check', 60],
];

test.each(moments)(
  'killed in the stage %s, %d ms after it began, a build leaves the old version',
  async (...moment) => {
    await using workspace = await openWorkspace();
    await workspace.build({ from: await put(workspace, 'Old.') });
    const before = await installed(workspace);
    expect(await buildAndDie(workspace, await put(workspace, 'New.'), moment)).toBe('SIGKILL');
    await sweepStaging(workspace.serversDir);
    expect(await installed(workspace)).toEqual(before);
    expect(await readdir(workspace.serversDir)).toEqual(['toy-shop']);
  },
);

test('killed while it installs, a build leaves the old version or the new one, whole', async () => {
  await using workspace = await openWorkspace();
  await workspace.build({ from: await put(workspace, 'Old.') });
  expect(await buildAndDie(workspace, await put(workspace, 'New.'), ['install', 0])).toBe('SIGKILL');
  await sweepStaging(workspace.serversDir);
  const { version } = JSON.parse((await installed(workspace))['manifest.json'] ?? '{}') as {
    version?: string;
  };
  expect(['1.0.0', '1.0.1']).toContain(version);
  expect(await validateServer(join(workspace.serversDir, 'toy-shop'))).toEqual([]);
  expect(await readdir(workspace.serversDir)).toEqual(['toy-shop']);
});

test('a build that is killed while it checks its server leaves no process', async () => {
  await using workspace = await openWorkspace();
  expect(await buildAndDie(workspace, await put(workspace, 'New.'), ['check', 60])).toBe('SIGKILL');
  await expect.poll(() => processesNaming(workspace.dir), { timeout: 5_000 }).toEqual([]);
});

test('after a killed first build nothing is installed, and the next build is whole', async () => {
  await using workspace = await openWorkspace();
  const from = await put(workspace, 'First.');
  expect(await buildAndDie(workspace, from, ['check', 0])).toBe('SIGKILL');
  expect((await readdir(workspace.serversDir)).filter((name) => !name.startsWith('.staging-'))).toEqual([]);
  const report = await workspace.build({ from });
  expect(report).toMatchObject({ outcome: 'installed', version: '1.0.0' });
  expect(await readdir(workspace.serversDir)).toEqual(['toy-shop']);
});
