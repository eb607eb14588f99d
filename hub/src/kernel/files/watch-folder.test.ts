import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { watchFolder } from './watch-folder.ts';

let folder: string;
let close = (): void => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-'));
});
afterEach(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

const log = createLog({ level: 'silent' });
const file = (): string => join(folder, 'hub.config.json');

test('a change in a folder is heard, until nobody listens', async () => {
  const heard = vi.fn<(name: string | null) => void>();
  close = watchFolder(folder, { log, heard });
  writeFileSync(file(), '{}');
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('hub.config.json'));
  close();
});

test('where the system watches no more, the folder is looked at', async () => {
  const heard = vi.fn<(name: string | null) => void>();
  const begin = (): never => {
    throw Object.assign(new Error('EMFILE: too many open files, watch'), { code: 'EMFILE' });
  };
  close = watchFolder(folder, { log, heard, begin, pollMs: 10 });
  writeFileSync(file(), '{}');
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
  writeFileSync(file(), '{ }');
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
  close();
  writeFileSync(file(), '{  }');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toHaveBeenCalledTimes(2);
});
