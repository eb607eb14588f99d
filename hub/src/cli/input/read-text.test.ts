import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { readJsonLines, readText } from './read-text.ts';

const Case = z.strictObject({ n: z.int() });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-text-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lines = async (text: string): Promise<unknown> => {
  writeFileSync(join(folder, 'cases.jsonl'), text);
  return await readJsonLines(folder, 'cases.jsonl', Case);
};

test('a file is looked for from the folder of the command, and one that is not there is named so', async () => {
  writeFileSync(join(folder, 'a.txt'), 'text');
  expect(await readText(folder, 'a.txt')).toBe('text');
  expect(await readText('/', join(folder, 'a.txt'))).toBe('text');
  await expect(readText(folder, 'b.txt')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    params: { subject: 'b.txt', detail: 'there is no such file' },
  });
  await expect(readText(folder, '.')).rejects.toThrow(/EISDIR/);
});

test('each line is a value, empty ones none, and a wrong one is told by its number', async () => {
  expect(await lines('{"n":1}\r\n\n  {"n":2}\n')).toEqual([
    { value: { n: 1 }, place: 'cases.jsonl:1' },
    { value: { n: 2 }, place: 'cases.jsonl:3' },
  ]);
  await expect(lines('{"n":1}\n{"n":')).rejects.toThrow('cases.jsonl:2');
  await expect(lines('\n\n{"n":"x"}')).rejects.toThrow('cases.jsonl:3');
});
