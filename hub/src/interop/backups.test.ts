import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listChanges, undoChange, withBackup } from './backups.ts';

let directory: string;
let home: { readonly directory: string; readonly dataDir: string };
let server: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backups-'));
  home = { directory, dataDir: join(directory, '.hub') };
  server = join(directory, 'servers', 'notes');
  mkdirSync(join(server, 'src'), { recursive: true, mode: 0o700 });
  writeFileSync(join(server, 'src', 'tool.ts'), 'a tool', { mode: 0o600 });
  mkdirSync(join(server, 'node_modules'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;
const removal = (path = server): Promise<void> =>
  withBackup(home, 'remove notes', [path], () => renameSync(path, join(directory, 'aside')));
const undo = (force = false) => undoChange(home, { force });

describe('a folder that was taken out', () => {
  test('comes back with its modes and its links as they were', async () => {
    symlinkSync('tool.ts', join(server, 'src', 'same.ts'));
    symlinkSync('/etc/passwd', join(server, 'elsewhere'));
    symlinkSync('nowhere', join(server, 'broken'));
    await removal();
    expect(undo().what).toBe('remove notes');
    expect([server, join(server, 'src'), join(server, 'src', 'tool.ts')].map(modeOf)).toEqual([
      0o700, 0o700, 0o600,
    ]);
    expect(readlinkSync(join(server, 'src', 'same.ts'))).toBe('tool.ts');
    // Links are put back, never followed.
    expect(readlinkSync(join(server, 'elsewhere'))).toBe('/etc/passwd');
    expect(readlinkSync(join(server, 'broken'))).toBe('nowhere');
    const [change] = readdirSync(join(home.dataDir, 'backups'));
    expect(modeOf(join(home.dataDir, 'backups', change ?? ''))).toBe(0o700);
  });

  test('comes back as a link where it was one, and what it leads to stays untouched', async () => {
    const link = join(directory, 'servers', 'linked');
    symlinkSync('notes', link);
    await removal(link);
    expect([existsSync(link), listChanges(home).map(({ paths }) => paths[0]?.path)]).toEqual([false, [link]]);
    undo();
    expect([lstatSync(link).isSymbolicLink(), readlinkSync(link)]).toEqual([true, 'notes']);
    expect(readdirSync(server)).toEqual(['node_modules', 'src']);
  });

  test('does not take the place of what was made there since, unless that is wanted, and then it is kept', async () => {
    await removal();
    mkdirSync(server);
    writeFileSync(join(server, 'new.ts'), 'new work');
    expect(() => undo()).toThrow(expect.objectContaining({ code: 'UNDO_CONFLICT' }));
    expect(readdirSync(server)).toEqual(['new.ts']);
    const change = undo(true);
    expect(readdirSync(server)).toEqual(['src']);
    expect(readFileSync(join(change.directory, '0-undone-notes', 'new.ts'), 'utf8')).toBe('new work');
  });
});

test('a change that fails leaves a folder that it did not touch as it is, installed packages included', async () => {
  const failing = withBackup(home, 'remove notes', [server], () => Promise.reject(new Error('it is needed')));
  await expect(failing).rejects.toThrow('it is needed');
  expect(readdirSync(server)).toEqual(['node_modules', 'src']);
  expect(listChanges(home)).toEqual([]);
});

test('what cannot be copied aside leaves no half of a copy behind', async () => {
  const socket = join(directory, 'pipe');
  spawnSync('mkfifo', [socket]);
  const change = () => expect.unreachable();
  await expect(withBackup(home, 'add', [join(server, 'src', 'tool.ts'), socket], change)).rejects.toThrow(
    /FIFO/i,
  );
  expect(readdirSync(join(home.dataDir, 'backups'))).toEqual([]);
});

test('only what a change changed is put back: what else it might have stays as it is by then', async () => {
  const config = join(directory, 'hub.config.json');
  writeFileSync(config, 'one');
  await withBackup(home, 'remove notes', [config, server], () =>
    renameSync(server, join(directory, 'aside')),
  );
  writeFileSync(config, 'two');
  undo();
  expect([readFileSync(config, 'utf8'), existsSync(server)]).toEqual(['two', true]);
});
