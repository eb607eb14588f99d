import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CounterpartError } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRunningHub, takeDataFolder } from './data-folder.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hub-data-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error instanceof CounterpartError ? error.code : String(error);
  }
};

test('one hub has a data folder, and the next may have it when it is given free', () => {
  const data = takeDataFolder(directory, '/home/x');
  expect(codeOf(() => takeDataFolder(directory, '/home/x'))).toBe('HUB_ALREADY_RUNNING');
  data.announce('http://127.0.0.1:1');
  expect(findRunningHub(directory)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:1' });
  data.release();
  expect(findRunningHub(directory)).toBeUndefined();
  expect(codeOf(() => takeDataFolder(directory, '/home/x').release())).toBe('done');
});

test('the token is kept, and only its owner may read it', () => {
  const first = takeDataFolder(directory, 'x');
  first.release();
  expect(takeDataFolder(directory, 'x').token).toBe(first.token);
  expect(first.token.length).toBeGreaterThanOrEqual(43);
  expect(statSync(join(directory, 'token')).mode & 0o777).toBe(0o600);
});

test('what a killed hub left is taken over, also when its pid now belongs to another program', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  const record = { pid: other.pid, startTicks: '1', url: 'http://127.0.0.1:1', home: 'x', startedAt: 'then' };
  writeFileSync(join(directory, 'hub.json'), JSON.stringify(record));
  const data = takeDataFolder(directory, 'x');
  expect(JSON.parse(readFileSync(join(directory, 'hub.json'), 'utf8'))).toMatchObject({ pid: process.pid });
  data.release();
  other.kill('SIGKILL');
  await once(other, 'exit');
});

test('a folder that cannot be made is a clear error', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(codeOf(() => takeDataFolder(join(directory, 'file', 'data'), 'x'))).toBe('DATA_UNWRITABLE');
});
