import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { cellsOf, distinctNames } from './delimited.ts';
import { JsonElements } from './json-elements.ts';
import { readLines, type Encoding } from './lines.ts';
import { Notes } from '../notes.ts';
import { rowsOf } from '../rows.ts';
import { inPieces } from '../testing.ts';

async function cells(text: string | Uint8Array, encoding: Encoding = 'utf-8', size = 5) {
  const notes = new Notes();
  const rows: (readonly string[])[] = [];
  for await (const batch of cellsOf(readLines(inPieces(text, size), encoding, notes), ',', notes))
    rows.push(...batch.map((row) => row.cells));
  return { rows, notes: notes.list() };
}

test('cells of CSV keep quotes, delimiters and line ends that are quoted, wherever the pieces are cut', async () => {
  verifies('M42');
  const text = 'a,"b ""x"", y"\r\n1,"two\r\nlines"\r\n\r\n2,in"side\r\n';
  for (const size of [1, 2, 3, 1_000])
    expect(await cells(text, 'utf-8', size)).toEqual({
      rows: [
        ['a', 'b "x", y'],
        ['1', 'two\nlines'],
        ['2', 'in"side'],
      ],
      notes: [],
    });
});

test('a quote that is never closed ends the reading with its line', async () => {
  expect((await cells('a,b\n1,"x\n2,y\n')).notes).toEqual([
    'The source ends inside a quoted cell; its last row is left out (line 2).',
  ]);
  await expect(cells(`a\n"${'x\n'.repeat(600_000)}`, 'utf-8', 65_536)).rejects.toThrow(
    'The quote that opens on line 2 is never closed.',
  );
});

test('lines of another encoding among UTF-8 are read and noted', async () => {
  const mixed = Buffer.concat([Buffer.from('Zoë,1\nCaf'), Buffer.from([0xe9]), Buffer.from(',2\nÅ,3\n')]);
  expect(await cells(mixed)).toEqual({
    rows: [
      ['Zoë', '1'],
      ['Café', '2'],
      ['Å', '3'],
    ],
    notes: ['Not UTF-8, read as Windows-1252 (line 2).'],
  });
  const wide = Buffer.from('\uFEFFä,1\nü,2\n', 'utf16le');
  expect((await cells(wide, 'utf-16le', 3)).rows).toEqual([
    ['ä', '1'],
    ['ü', '2'],
  ]);
});

test('lines of UTF-8 among Windows-1252 are read and noted', async () => {
  const mixed = Buffer.concat([Buffer.from([0xe9, 0x2c, 0x31, 0x0a]), Buffer.from('Zoë,2\nplain,3\n')]);
  for (const size of [1, 1_000])
    expect(await cells(mixed, 'windows-1252', size)).toEqual({
      rows: [
        ['é', '1'],
        ['Zoë', '2'],
        ['plain', '3'],
      ],
      notes: ['UTF-8 among Windows-1252, read as UTF-8 (line 2).'],
    });
});

test('a line without an end is refused before memory runs out', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  const notes = new Notes();
  const read = async (): Promise<void> => {
    for await (const lines of readLines(endless(), 'utf-8', notes)) expect(lines).toEqual([]);
  };
  await expect(read()).rejects.toThrow('Line 1 is longer than 16 MiB');
});

test('names of columns are all different and none is empty', () => {
  expect(distinctNames(['a', ' a ', '', 'b'])).toEqual(['a', 'a (2)', 'column_3', 'b']);
});

function elements(
  text: string,
  member: string | undefined,
  size: number,
): { texts: string[]; notes: string[] } {
  const reader = new JsonElements(member);
  const notes = new Notes();
  const texts: string[] = [];
  for (let at = 0; at < text.length; at += size)
    texts.push(...reader.push(text.slice(at, at + size)).map((element) => element.text.trim()));
  reader.end(notes);
  return { texts, notes: notes.list() };
}

test('elements of a list of JSON are cut out at any piece, brackets in texts are none', () => {
  verifies('M42');
  const text = '{"x": [0], "items": [{"a": "],}\\"["}, [1, [2]],\n 3.5, "z"], "more": [9]}';
  for (const size of [1, 4, 1_000])
    expect(elements(text, 'items', size).texts).toEqual(['{"a": "],}\\"["}', '[1, [2]]', '3.5', '"z"']);
  expect(elements('[1, 2', undefined, 2)).toEqual({
    texts: ['1'],
    notes: ['The source ends in the middle of its list; what stands before was read (line 1).'],
  });
  expect(() => elements('{"a": 1}', 'items', 3)).toThrow('There is no list under "items" of this JSON.');
});

test('lines of JSON that do not parse are left out and counted', async () => {
  verifies('M42');
  const notes = new Notes();
  const columns = [{ name: 'a', key: 'a', type: 'integer' as const, nullable: false }];
  const source = {
    name: 'rows',
    format: 'ndjson' as const,
    dialect: { encoding: 'utf-8' as const },
    columns,
    sampled: 1,
  };
  const rows = [];
  for await (const batch of rowsOf(inPieces('{"a":1}\nnonsense\n\n{"a":2}\n{"a":', 6), { source, notes }))
    rows.push(...batch);
  expect(rows).toEqual([{ a: 1 }, { a: 2 }]);
  expect(notes.list()).toEqual(['Not JSON; the row is left out (line 2, 2 such lines).']);
});

test('a list of JSON inside of objects is found by the members that lead to it, and no other of its name', () => {
  const text =
    '{"items": [0], "page": {"items": [1]}, "data": [[2], {"items": [3]}], "data": {"of": {"items": [4]}, "items": [5, {"items": [6]}]}}';
  for (const size of [1, 7, 1_000]) {
    const reader = new JsonElements('items', ['data']);
    const texts: string[] = [];
    for (let at = 0; at < text.length; at += size)
      texts.push(...reader.push(text.slice(at, at + size)).map((element) => element.text.trim()));
    expect(texts).toEqual(['5', '{"items": [6]}']);
  }
});
