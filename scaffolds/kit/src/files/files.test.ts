import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { testContext } from '../testing/context.ts';
import type { FileForm, Files } from './files.ts';
import { filesOfSettings } from './setting.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function onDisk(files: Readonly<Record<string, string | Uint8Array>>, path = ''): Files {
  const folder = mkdtempSync(join(tmpdir(), 'kit-files-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, 'a-folder-inside'));
  return filesOfSettings(() => join(folder, path), new AbortController().signal);
}

const read = async (files: Files, form: FileForm): Promise<unknown[]> => {
  const values: unknown[] = [];
  for await (const { value, file, line } of files.records('ANY_SOURCE', form))
    values.push([file, line, value]);
  return values;
};
const memory = (files: Readonly<Record<string, string>>): Files =>
  testContext({ files: { ANY_SOURCE: files } }).files;

test('a folder is read file after file, in the order of names, hidden ones left out', async () => {
  const files = onDisk({ 'b.csv': 'day,amount\n1,2\n', 'a.csv': 'day;amount\n"3;4";5\n', '.c.csv': 'x\n1' });
  expect((await files.list('ANY_SOURCE')).map(({ name, bytes }) => [name, bytes])).toEqual([
    ['a.csv', 19],
    ['b.csv', 15],
  ]);
  expect(await read(files, { format: 'delimited' })).toEqual([
    ['a.csv', 2, { day: '3;4', amount: '5' }],
    ['b.csv', 2, { day: '1', amount: '2' }],
  ]);
});

test('one file is read without a header, through gzip and from UTF-16', async () => {
  const form: FileForm = { format: 'delimited', header: false };
  const row = [1, { column_1: '2024-01-02', column_2: 'Café' }];
  const text = '2024-01-02,Café\r\n';
  expect(await read(onDisk({ 'a.gz': gzipSync(text) }, 'a.gz'), form)).toEqual([['a.gz', ...row]]);
  const wide = Buffer.from(`\uFEFF${text}`, 'utf16le');
  expect(await read(onDisk({ 'a.csv': wide }, 'a.csv'), form)).toEqual([['a.csv', ...row]]);
});

test('XML, JSON and lines of JSON are read record by record, with what is wrong told', async () => {
  const notes: string[] = [];
  const note = (sentence: string): void => void notes.push(sentence);
  const xml =
    '<!DOCTYPE H [\n<!ELEMENT H (R*)>\n<!ATTLIST R\n a CDATA #REQUIRED>\n]><H l="en"><R a="1"><M k="x"/></R><S/><R a="2"/></H>';
  expect(await read(memory({ 'e.xml': xml }), { format: 'xml', part: 'R' })).toEqual([
    ['e.xml', 5, { a: '1', M: { k: 'x' } }],
    ['e.xml', 5, { a: '2' }],
  ]);
  expect(
    await read(memory({ 'e.json': '{"rows":[{"a":1},2]}' }), { format: 'json', member: 'rows' }),
  ).toEqual([
    ['e.json', 1, { a: 1 }],
    ['e.json', 1, { value: 2 }],
  ]);
  expect(await read(memory({ 'e.ndjson': '{"a":1}\n\nnot json\n' }), { format: 'ndjson', note })).toEqual([
    ['e.ndjson', 1, { a: 1 }],
  ]);
  expect(notes).toEqual(['Not JSON; the record is left out (line 3).']);
});

test('only the file that is named is read, and only settings that say so name files', async () => {
  const files = memory({ 'a.csv': 'x\n1\n', 'b.csv': 'x\n2\n' });
  expect(await read(files, { format: 'delimited', only: 'b.csv' })).toEqual([['b.csv', 2, { x: '2' }]]);
  await expect(files.list('ANY_TOKEN')).rejects.toThrow('does not end in _SOURCE');
  await expect(files.list('OTHER_SOURCE')).rejects.toThrow('OTHER_SOURCE is not set');
  const gone = filesOfSettings(() => '/nowhere/at/all', new AbortController().signal);
  await expect(gone.list('ANY_SOURCE')).rejects.toThrow('Cannot read /nowhere/at/all: it is not there.');
});

test('a call that is given up stops reading', async () => {
  const stop = new AbortController();
  const { files } = testContext({ files: { ANY_SOURCE: { 'a.csv': 'x\n1\n' } }, signal: stop.signal });
  stop.abort(new Error('given up'));
  await expect(read(files, { format: 'delimited' })).rejects.toThrow('given up');
});
