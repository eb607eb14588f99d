import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hub-folders-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const codeOf = (path: string): string => {
  try {
    makeFolder(path);
    return 'made';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

test('folders above are made with the same mode, and what is there stays as it is', () => {
  const path = join(root, 'a', 'b', 'c');
  makeFolder(path, 0o700);
  makeFolder(path, 0o755);
  expect([join(root, 'a'), path].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
});

test('a place where no folder can be is told at once, with its reason', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nothing'), join(root, 'dangling'));
  expect([join(root, 'file'), join(root, 'file', 'below'), join(root, 'dangling')].map(codeOf)).toEqual([
    'EEXIST',
    'ENOTDIR',
    'EEXIST',
  ]);
});

// The kernel answers ENOENT here although the folder above is there, which sends the platform's own way round for ever.
test.skipIf(!existsSync('/proc/self'))('below /proc there can be none, and that is said', () => {
  expect(['/proc/.hub', '/proc/.hub/deeper/still'].map(codeOf)).toEqual(['ENOENT', 'ENOENT']);
});
