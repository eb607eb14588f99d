import type { Json } from '@counterpart/schemas';
import { cellsOf, countCells, DELIMITERS, distinctNames } from '../data/reading/delimited.ts';
import { recordReader } from '../data/formats/load.ts';
import type { DataRecord } from '../data/formats/record.ts';
import { throughGzip } from '../data/reading/gunzip.ts';
import { JsonElements } from '../data/reading/json-elements.ts';
import { readLines } from '../data/reading/lines.ts';
import { Notes } from '../data/notes.ts';
import { isMembers, parseJson, type Members } from '../json-value.ts';
import type { FileForm } from './files.ts';

type Encoding = NonNullable<FileForm['encoding']>;
type Batches = AsyncGenerator<readonly DataRecord[], void, undefined>;

const MARKS: readonly (readonly [encoding: Encoding, bytes: readonly number[]])[] = [
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Records of one file, a batch at a time, of gzip data too. Throws ToolFailure. */
export async function* readRecords(given: AsyncIterable<Uint8Array>, form: FileForm): Batches {
  const notes = new Notes();
  const { encoding, bytes } = await sniffed(throughGzip(given, notes), form.encoding);
  for await (const batch of recordsOf(bytes, { form, encoding, notes })) yield batch.map(ownRecord);
  for (const sentence of notes.list()) form.note?.(sentence);
}

/** A record whose texts keep no piece of the file alive, so that an author may keep some of them. */
const ownRecord = (record: DataRecord): DataRecord => ({ ...record, value: ownMembers(record.value) });

const ownMembers = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [ownText(name), ownValue(value)]));

function ownValue(value: Json): Json {
  if (typeof value === 'string') return ownText(value);
  if (Array.isArray(value)) return value.map(ownValue);
  return isMembers(value) ? ownMembers(value) : value;
}

/** Engines cut longer texts by referring to the whole; joining one to another makes a text of its own. */
const LONGEST_COPIED = 12;
const ownText = (text: string): string => (text.length > LONGEST_COPIED ? ` ${text}`.slice(1) : text);

interface Reading {
  readonly form: FileForm;
  readonly encoding: Encoding;
  readonly notes: Notes;
}

async function* recordsOf(bytes: AsyncIterable<Uint8Array>, { form, encoding, notes }: Reading): Batches {
  const { format, part, member } = form;
  if (format === 'delimited') yield* delimited(readLines(bytes, encoding, notes), form, notes);
  else if (format === 'ndjson') yield* ndjson(readLines(bytes, encoding, notes), notes);
  else if (format === 'json') yield* json(bytes, new JsonElements(member), { encoding, notes });
  else {
    const read = await recordReader(format);
    const dialect = { encoding, ...(part === undefined ? {} : { part }) };
    for await (const batch of read(bytes, { dialect, notes })) yield batch;
  }
}

async function* json(
  bytes: AsyncIterable<Uint8Array>,
  elements: JsonElements,
  { encoding, notes }: Pick<Reading, 'encoding' | 'notes'>,
): Batches {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes)
    yield parsed(elements.push(decoder.decode(chunk, { stream: true })), notes);
  elements.end(notes);
}

async function* delimited(lines: AsyncGenerator<string[]>, form: FileForm, notes: Notes): Batches {
  const first = await lines.next();
  if (first.done === true) return;
  const delimiter = form.delimiter ?? likeliest(first.value.find((line) => line.trim() !== '') ?? '');
  let names: readonly string[] | undefined;
  for await (const batch of cellsOf(withFirst(first.value, lines), delimiter, notes)) {
    const records: DataRecord[] = [];
    for (const { cells, line } of batch) {
      if (names === undefined && form.header !== false) {
        names = distinctNames(cells);
        continue;
      }
      if (names !== undefined && cells.length !== names.length)
        notes.add('Not as many cells as columns', line, `${cells.length} of ${names.length}`);
      records.push({ value: named(cells, names), line });
    }
    yield records;
  }
}

/** Cells beyond the names are kept under their place. */
const named = (cells: readonly string[], names: readonly string[] | undefined): Members =>
  Object.fromEntries(cells.map((cell, index) => [names?.[index] ?? `column_${index + 1}`, cell]));

function likeliest(line: string): string {
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: countCells(line, delimiter) }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

async function* withFirst(
  first: readonly string[],
  rest: AsyncGenerator<string[]>,
): AsyncGenerator<readonly string[]> {
  const [head = '', ...others] = first;
  yield [head.replace(/^\uFEFF/, ''), ...others];
  yield* rest;
}

async function* ndjson(lines: AsyncGenerator<string[]>, notes: Notes): Batches {
  let line = 0;
  for await (const batch of lines) {
    const elements = batch.map((text) => ({ text: text.replace(/^\uFEFF/, ''), line: (line += 1) }));
    yield parsed(
      elements.filter(({ text }) => text.trim() !== ''),
      notes,
    );
  }
}

const parsed = (elements: readonly { text: string; line: number }[], notes: Notes): DataRecord[] =>
  elements.flatMap(({ text, line }) => {
    try {
      return [{ value: membersOf(parseJson(text)), line }];
    } catch {
      notes.add('Not JSON; the record is left out', line);
      return [];
    }
  });

const membersOf = (value: Json): Members => (isMembers(value) ? value : { value });

/** The encoding that was said, or that a byte order mark tells, and the bytes from the first on. */
async function sniffed(
  given: AsyncGenerator<Uint8Array>,
  said: Encoding | undefined,
): Promise<{ encoding: Encoding; bytes: AsyncIterable<Uint8Array> }> {
  const first = await given.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const marked = MARKS.find(([, mark]) => mark.every((byte, index) => head[index] === byte))?.[0];
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    yield* given;
  };
  return { encoding: said ?? marked ?? 'utf-8', bytes: bytes() };
}
