import type { DataColumn, DataSource, Json } from '@counterpart/schemas';
import { isMembers, parseJson, type Members } from '../json-value.ts';
import { cellsOf, countCells, DELIMITERS, distinctNames, withoutPreamble } from './reading/delimited.ts';
import { typedCell } from './cell.ts';
import { JsonElements } from './reading/json-elements.ts';
import { recordReader, type RecordFormat } from './formats/load.ts';
import type { Window } from './formats/record.ts';
import { throughGzip } from './reading/gunzip.ts';
import { readLines } from './reading/lines.ts';
import type { Notes } from './notes.ts';

/** A row by the keys of its columns. */
export type Row = Members;

/** How this text is written: another program may have written it anew since it was described. */
function dialectNow(first: string, { dialect, columns }: DataSource): { delimiter: string; header: boolean } {
  const usual = dialect.delimiter ?? ',';
  const counts = [usual, ...DELIMITERS].map((one) => ({ one, count: countCells(first, one) }));
  const fitting = counts.find(({ count }) => count === columns.length);
  const delimiter = fitting?.one ?? usual;
  const named = columns.map(({ name }) => name).join(delimiter);
  return { delimiter, header: dialect.header !== false || first === named };
}

async function* withFirst(
  first: readonly string[],
  rest: AsyncIterator<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** Which cell is which column: by the names of the first line, where it has them. */
function placesOf(columns: readonly DataColumn[], names: readonly string[] | undefined): number[] {
  if (names === undefined) return columns.map((_, index) => index);
  const trimmed = distinctNames(names);
  const found = columns.map(({ name }) => trimmed.indexOf(name));
  const repeats = new Set(found).size !== found.length;
  return repeats || found.every((place) => place === -1) ? columns.map((_, index) => index) : found;
}

async function* delimitedRows(
  bytes: AsyncIterable<Uint8Array>,
  source: DataSource,
  notes: Notes,
): AsyncGenerator<Row[]> {
  const { columns } = source;
  const lines = readLines(bytes, source.dialect.encoding, notes);
  const begun = await lines.next();
  if (begun.done === true) return;
  const [head = '', ...others] = begun.value;
  const first = withoutPreamble([head.replace(/^\uFEFF/, ''), ...others]);
  const dialect = dialectNow(first.find((line) => line !== '') ?? '', source);
  let places = dialect.header ? undefined : placesOf(columns, undefined);
  let width = columns.length;
  for await (const batch of cellsOf(withFirst(first, lines), dialect.delimiter, notes)) {
    const rows: Row[] = [];
    for (const { cells, line } of batch) {
      if (places === undefined) {
        places = placesOf(columns, cells);
        missing(columns, places, notes);
        width = cells.length;
        continue;
      }
      if (cells.length !== width)
        notes.add(
          cells.length < width
            ? 'Fewer cells than columns'
            : 'More cells than columns; the last are left out',
          line,
          `${cells.length} of ${width}`,
        );
      rows.push(rowOf(cells, columns, places));
    }
    yield rows;
  }
}

function missing(columns: readonly DataColumn[], places: readonly number[], notes: Notes): void {
  const lost = columns.filter((_, index) => places[index] === -1);
  if (lost.length > 0)
    notes.add('Columns that the source no longer has', 1, lost.map(({ key }) => key).join(', '));
}

function rowOf(cells: readonly string[], columns: readonly DataColumn[], places: readonly number[]): Row {
  const row: Record<string, Json> = {};
  for (const [index, { key, type }] of columns.entries())
    row[key] = typedCell(cells[places[index] ?? -1] ?? '', type);
  return row;
}

/** An object of JSON by the keys of the columns. */
function rowOfValue(value: Json, columns: readonly DataColumn[]): Row {
  const row: Record<string, Json> = {};
  for (const { key, name } of columns) {
    const member = isMembers(value) ? (Object.hasOwn(value, name) ? value[name] : null) : value;
    row[key] = member ?? null;
  }
  return row;
}

function parsedRows(
  elements: readonly { text: string; line: number }[],
  { columns }: DataSource,
  notes: Notes,
): Row[] {
  return elements.flatMap(({ text, line }) => {
    try {
      return [rowOfValue(parseJson(text), columns)];
    } catch {
      notes.add('Not JSON; the row is left out', line);
      return [];
    }
  });
}

async function* jsonRows(
  bytes: AsyncIterable<Uint8Array>,
  source: DataSource,
  notes: Notes,
): AsyncGenerator<Row[]> {
  const { encoding, member, within } = source.dialect;
  const decoder = new TextDecoder(encoding);
  const elements = new JsonElements(member, within);
  for await (const chunk of bytes)
    yield parsedRows(elements.push(decoder.decode(chunk, { stream: true })), source, notes);
  elements.end(notes);
}

async function* lineRows(
  bytes: AsyncIterable<Uint8Array>,
  source: DataSource,
  notes: Notes,
): AsyncGenerator<Row[]> {
  let line = 0;
  for await (const batch of readLines(bytes, source.dialect.encoding, notes)) {
    const elements = batch.map((text) => ({ text: text.replace(/^\uFEFF/, ''), line: (line += 1) }));
    yield parsedRows(
      elements.filter(({ text }) => text.trim() !== ''),
      source,
      notes,
    );
  }
}

/** A record by the keys of the columns; texts by the types that their columns were seen to have. */
function rowOfRecord(value: Members, columns: readonly DataColumn[]): Row {
  const row: Record<string, Json> = {};
  for (const { key, name, type } of columns) {
    const member = Object.hasOwn(value, name) ? (value[name] ?? null) : null;
    // What came once in the rows looked at may come several times later: a column of text stays one.
    const isWide = typeof member === 'object' && member !== null && type === 'string';
    const plain = isWide ? JSON.stringify(member) : member;
    row[key] = typeof plain === 'string' ? typedCell(plain, type) : plain;
  }
  return row;
}

/** A row that stands in the blueprint, by the keys of the columns. */
export const inlineRow = (row: Members, { format, columns }: DataSource): Row =>
  format === 'json' || format === 'ndjson' ? rowOfValue(row, columns) : rowOfRecord(row, columns);

async function* recordRows(
  bytes: AsyncIterable<Uint8Array>,
  { source, notes, window }: RowsOptions,
  format: RecordFormat,
): AsyncGenerator<Row[]> {
  const { columns, dialect } = source;
  const read = await recordReader(format);
  for await (const records of read(bytes, { dialect, notes, window }))
    yield records.map(({ value }) => rowOfRecord(value, columns));
}

export interface RowsOptions {
  readonly source: DataSource;
  readonly notes: Notes;
  /** Of calendars: only what happens within, recurring ones once for every time. */
  readonly window?: Window | undefined;
}

/**
 * The rows of a source, a batch at a time, of gzip data too; what is wrong with some of them is noted. Throws ToolFailure.
 */
export function rowsOf(given: AsyncIterable<Uint8Array>, options: RowsOptions): AsyncGenerator<Row[]> {
  const { source, notes } = options;
  const bytes = throughGzip(given, notes);
  const { format } = source;
  if (format === 'delimited') return delimitedRows(bytes, source, notes);
  if (format === 'json') return jsonRows(bytes, source, notes);
  return format === 'ndjson' ? lineRows(bytes, source, notes) : recordRows(bytes, options, format);
}
