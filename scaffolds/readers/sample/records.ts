import { throughGzip, Notes } from '@counterpart/kit/data';
import { hubError, type DataDialect, type DataSource } from '@counterpart/schemas';
import type { Classified } from '../detect/classify.ts';
import type { SourceText } from '../source.ts';
import { columnsOfRecords, idOf } from './columns.ts';
import { calendarParts } from './formats/calendar.ts';
import { htmlParts } from './formats/html.ts';
import { notice, type Open, type Part, type Parts } from './formats/part.ts';
import { statementParts } from './formats/statement.ts';
import { xmlParts } from './formats/xml.ts';
import { MOST_COLUMNS, placeOf, type Found } from './found.ts';
import { RECORD_FORMATS } from './record-formats.ts';

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const opener =
  ({ chunks, text }: SourceText): Open =>
  () =>
    chunks === undefined ? pieces(Buffer.from(text)) : throughGzip(chunks(), new Notes());

interface Reading {
  readonly title: string;
  readonly encoding: DataDialect['encoding'];
  readonly found: Classified;
}

function partsOf(source: SourceText, open: Open, { title, encoding, found }: Reading): Promise<Parts> {
  const format = RECORD_FORMATS[found.format] ?? 'xml';
  if (format === 'xml') return xmlParts(open, encoding);
  if (format === 'html') return htmlParts(open, encoding, title);
  if (format === 'icalendar') return calendarParts(open, encoding);
  const name = { ofx: 'OFX', qif: 'QIF', camt: 'CAMT' }[format];
  const detail = found.detail === undefined ? '' : ` (${found.detail})`;
  return statementParts(format, open, { encoding, text: source.text, title: `${name}${detail}` });
}

const NOTHING: Readonly<Record<Parts['format'], string>> = {
  xml: 'no element of it repeats or has fields',
  html: 'it has no table of rows; give the data or the description that the page leads to (`hub discover <url>` looks for it)',
  icalendar: 'it has no event, task or journal',
  ofx: 'it has no transaction, no balance and no position',
  qif: 'it has no transaction',
  camt: 'it has no entry and no balance',
};

function sourceOf(
  source: SourceText,
  format: Parts['format'],
  { name, dialect, rows, columns: known }: Part,
): DataSource {
  const columns = (known ?? columnsOfRecords(rows)).slice(0, MOST_COLUMNS);
  const id = idOf(columns, (index) => rows.map((row) => row[columns[index]?.name ?? ''] ?? null));
  return {
    name,
    format,
    ...placeOf(source, rows, undefined),
    dialect,
    columns: [...columns],
    sampled: rows.length,
    ...(id === undefined ? {} : { id }),
  };
}

/** The rows of a source of records, of each kind that it holds. Rejects with DATA_UNREADABLE. */
export async function findRecords(source: SourceText, reading: Reading): Promise<Found> {
  const parts = await partsOf(source, opener(source), reading).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw hubError('DATA_UNREADABLE', { source: source.location, detail }, { cause: error });
  });
  if (parts.parts.length === 0)
    throw hubError('DATA_UNREADABLE', { source: source.location, detail: NOTHING[parts.format] });
  const wide = parts.parts.filter(({ rows }) => columnsOfRecords(rows).length > MOST_COLUMNS);
  return {
    format: parts.title,
    sources: parts.parts.map((part) => sourceOf(source, parts.format, part)),
    omitted: [
      ...parts.omitted,
      ...wide.map(({ name }) =>
        notice('guessed', name, `It has more than ${MOST_COLUMNS} columns; only the first were taken.`),
      ),
    ],
  };
}
