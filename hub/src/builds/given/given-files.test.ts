import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nameFiles, sketchFiles } from './given-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'given-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('settings are named after their files, and differ', () => {
  const paths = ['/a/export.xml', '/b/export.tar.gz', '/c/2024 bank statements', '/d/…'];
  expect(nameFiles(paths).map(({ setting }) => setting)).toEqual([
    'EXPORT_SOURCE',
    'EXPORT_2_SOURCE',
    'BANK_STATEMENTS_SOURCE',
    'FILE_SOURCE',
  ]);
});

test('a setting keeps the letters under the marks of its file’s name', () => {
  expect(nameFiles(['/a/Übungen für Größe.csv'])).toMatchObject([{ setting: 'UBUNGEN_FUR_GROSSE_SOURCE' }]);
});

test('kinds of records are seen wherever they come in a large file, and no value is told', async () => {
  const file = join(folder, 'export.xml');
  const records = (kind: string): string =>
    `<R kind="${kind}" who="Ann" value="71" pad="${'x '.repeat(60)}"/>\n`.repeat(2_000);
  writeFileSync(file, `<D>\n${records('Steps')}${records('Sleep')}</D>\n`);
  const [sketch = ''] = await sketchFiles([file]);
  expect(sketch).toMatch(/^EXPORT_SOURCE: one file, export\.xml, \d+ bytes\n/);
  expect(sketch).toContain('kind="Steps"');
  expect(sketch).toContain('kind="Sleep"');
  expect(sketch).not.toContain('71');
});

test('where the look at a file ends in the midst of a value, nothing of it is told', async () => {
  const file = join(folder, 'notes.xml');
  writeFileSync(file, `<D>\n${`<R who="${'Ann Obey '.repeat(90)}"/>\n`.repeat(400)}</D>\n`);
  expect((await sketchFiles([file])).join()).not.toMatch(/Ann|Obey/);
});

test('each file of a folder is shown, and one that is not there is named', async () => {
  mkdirSync(join(folder, 'bank'));
  writeFileSync(join(folder, 'bank', 'a.csv'), 'Date,Amount\n2024-01-02,4.50\n');
  writeFileSync(join(folder, 'bank', 'b.bin'), Buffer.from([1, 0, 2]));
  expect(await sketchFiles([join(folder, 'bank')])).toEqual([
    'BANK_SOURCE: a folder of 2 files\n  a.csv, 28 bytes\n    Date,Amount\n    9999-99-99,9.99\n  b.bin, 3 bytes\n    (not text)',
  ]);
  await expect(sketchFiles([join(folder, 'gone')])).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
});
