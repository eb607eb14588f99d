import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedFiles, readPackage } from './content.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'content-'));
  put('manifest.json', '{}');
  put('src/server.ts', 'one');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
}
const hash = async () => (await readPackage(dir)).hash;

test('what is made from a package or installed beside it is no part of it, nor are times', async () => {
  const before = await hash();
  put('dist/server.js', 'made');
  put('node_modules/x/index.js', 'installed');
  put('.git/HEAD', 'history');
  utimesSync(join(dir, 'src/server.ts'), 0, 0);
  chmodSync(join(dir, 'src/server.ts'), 0o600);
  expect(await hash()).toBe(before);
});

test.each<[string, () => void]>([
  ['bytes', () => put('src/server.ts', 'two')],
  ['a file more', () => put('src/other.ts', '')],
  ['a file less', () => rmSync(join(dir, 'manifest.json'))],
  ['another name', () => put('src/server.ts2', 'one')],
  ['a mode', () => chmodSync(join(dir, 'src/server.ts'), 0o755)],
  ['a folder of the name deeper down', () => put('src/dist/x.ts', 'x')],
])('%s make another package', async (_, change) => {
  const before = await hash();
  change();
  expect(await hash()).not.toBe(before);
});

test('a link is refused: what it leads to would be no part of the package', async () => {
  symlinkSync('/etc/hostname', join(dir, 'src/link.ts'));
  await expect(hash()).rejects.toThrow(/src\/link\.ts .* is neither a file nor a folder/);
});

test('files that differ are named', async () => {
  const before = await readPackage(dir);
  put('src/server.ts', 'two');
  put('src/new.ts', '');
  rmSync(join(dir, 'manifest.json'));
  expect(changedFiles(before, await readPackage(dir))).toEqual([
    { path: 'manifest.json', kind: 'removed' },
    { path: 'src/new.ts', kind: 'added' },
    { path: 'src/server.ts', kind: 'changed' },
  ]);
});
