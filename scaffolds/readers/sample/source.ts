import { distinctNames } from '@counterpart/kit/data';
import { hubError, type DataDialect, type Json, type JsonObject, type Omission } from '@counterpart/schemas';
import { isObject } from '../openapi/source/json-tree.ts';
import { classify, LOOKED_AT } from '../detect/classify.ts';
import type { SourceText } from '../source.ts';
import { columnsOfCells, columnsOfValues, idOf } from './columns.ts';
import { DELIMITER_NAMES, encodingOf, likelyDelimiter, tableOf } from './dialect.ts';
import { extensionOf, rowsIn, valueOf } from './fits.ts';
import { MOST_COLUMNS, placeOf, type Found } from './found.ts';
import { isRecords } from './record-formats.ts';

const MOST_SAMPLED = 5_000;
const notData = (source: string, detail: string): Error => hubError('DATA_UNREADABLE', { source, detail });

const note = (code: Omission['code'], subject: string, reason: string): Omission => ({
  code,
  severity: 'notice',
  subject,
  reason,
  source: { pointer: '#' },
});

async function delimited(text: SourceText, dialect: DataDialect, delimiter: string): Promise<Found> {
  const { rows: all, header } = await tableOf(text.text, delimiter);
  const first = all[0] ?? [];
  const rows = all.slice(header ? 1 : 0, MOST_SAMPLED);
  const names = header ? distinctNames(first) : first.map((_, index) => `column_${index + 1}`);
  if (names.length > MOST_COLUMNS)
    throw notData(
      text.location,
      `it has ${names.length} columns, and tools over more than ${MOST_COLUMNS} cannot be used`,
    );
  const columns = columnsOfCells(names, rows);
  const id = idOf(columns, (index) => rows.map((row) => row[index] ?? ''));
  const inline =
    text.address === undefined
      ? rows.map((row) =>
          Object.fromEntries(names.map((name, index): [string, Json] => [name, row[index] ?? ''])),
        )
      : [];
  const ragged = rows.findIndex((row) => row.length !== names.length);
  return {
    format: `${delimiter === '\t' ? 'TSV' : 'CSV'} (${dialect.encoding}, ${DELIMITER_NAMES[delimiter] ?? delimiter}${header ? '' : ', no header'})`,
    sources: [
      {
        name: 'rows',
        format: 'delimited',
        ...placeOf(text, inline, undefined),
        dialect: { ...dialect, delimiter, header },
        columns,
        sampled: rows.length,
        ...(id === undefined ? {} : { id }),
      },
    ],
    omitted: [
      ...(header
        ? []
        : [note('guessed', 'header', 'The first line looks like values, so the columns are numbered.')]),
      ...(ragged === -1
        ? []
        : [
            note(
              'guessed',
              `row ${ragged + 1}`,
              `It has ${rows[ragged]?.length ?? 0} cells where ${names.length} are usual; cells without a column are left out, missing ones are empty.`,
            ),
          ]),
    ],
  };
}

function valuesOf(
  text: SourceText,
  {
    dialect,
    rows: all,
    isLines,
    isYaml,
    format,
  }: { dialect: DataDialect; rows: readonly Json[]; isLines: boolean; isYaml: boolean; format: string },
): Found {
  const rows = all.slice(0, MOST_SAMPLED).map((row): JsonObject => (isObject(row) ? row : { value: row }));
  const columns = columnsOfValues(rows).slice(0, MOST_COLUMNS);
  const id = idOf(columns, (index) => rows.map((row) => row[columns[index]?.name ?? ''] ?? null));
  const isInline = isYaml || text.address === undefined;
  const inline = isInline ? all.map((row): JsonObject => (isObject(row) ? row : { value: row })) : [];
  return {
    format,
    sources: [
      {
        name: 'rows',
        format: isLines ? 'ndjson' : 'json',
        ...placeOf(text, inline, isYaml ? 'YAML is read while building only' : undefined),
        dialect,
        columns,
        sampled: rows.length,
        ...(id === undefined ? {} : { id }),
      },
    ],
    omitted: isYaml
      ? [note('guessed', 'rows', 'YAML was turned into rows now; build again when the file has changed.')]
      : [],
  };
}

/** JSON values of lines that are complete; undefined where the first one is no JSON. */
function linesOf(text: string): Json[] | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_SAMPLED);
  const values = lines.map((line) => valueOf(line, false)).filter((value) => value !== undefined);
  return values.length > 0 && values.length >= lines.length - 1 ? values : undefined;
}

/** Elements of a list of JSON whose end was not read. */
async function beginningOf(text: string): Promise<Json[]> {
  const { JsonElements } = await import('@counterpart/kit/data');
  return new JsonElements(undefined).push(text).flatMap((element) => valueOf(element.text, false) ?? []);
}

type Encoding = DataDialect['encoding'];

async function jsonFound(text: SourceText, encoding: Encoding, isLines: boolean): Promise<Found> {
  const whole = isLines ? undefined : valueOf(text.text.replace(/^\uFEFF/, ''), false);
  const found = whole === undefined ? undefined : rowsIn(whole);
  if (found !== undefined) {
    const { path, rows } = found;
    const [member, within] = [path.at(-1), path.slice(0, -1)];
    const dialect = {
      encoding,
      ...(member === undefined ? {} : { member }),
      ...(within.length === 0 ? {} : { within }),
    };
    return valuesOf(text, { dialect, rows, isLines: false, isYaml: false, format: 'JSON' });
  }
  const isList = !isLines && /^[\s\uFEFF]*\[/.test(text.text);
  const rows = isList ? await beginningOf(text.text) : (linesOf(text.text) ?? []);
  if (rows.length === 0) throw notData(text.location, 'no row of JSON was found in it');
  const format = isList ? 'JSON' : 'NDJSON';
  return valuesOf(text, { dialect: { encoding }, rows, isLines: !isList, isYaml: false, format });
}

function yamlFound(text: SourceText): Found {
  const { rows } = rowsIn(valueOf(text.text, true) ?? null, 1) ?? { rows: [] };
  if (rows.length === 0) throw notData(text.location, 'no list of rows was found in it');
  return valuesOf(text, {
    dialect: { encoding: 'utf-8' },
    rows,
    isLines: false,
    isYaml: true,
    format: 'YAML',
  });
}

/** What a text of rows holds; `title` is what its only kind of rows is called. Rejects with DATA_UNREADABLE. */
export async function findRows(text: SourceText, title: string): Promise<Found> {
  const head = text.head ?? Buffer.from(text.text.slice(0, LOOKED_AT));
  const encoding = text.head === undefined ? 'utf-8' : encodingOf(text.head);
  const extension = extensionOf(text.location);
  if (text.text.trim() === '') throw notData(text.location, 'it is empty');
  const found = classify(head, text.location);
  if (isRecords(found)) {
    const { findRecords } = await import('./records.ts');
    return findRecords(text, { title, encoding, found });
  }
  const isLines =
    /^\.(?:ndjson|jsonl)$/.test(extension) || (found.format === 'ndjson' && extension !== '.json');
  const isTable = /^\.(?:csv|tsv|tab|psv)$/.test(extension);
  if (isLines || (!isTable && /^[\s\uFEFF]*[[{]/.test(text.text))) return jsonFound(text, encoding, isLines);
  if (/^\.ya?ml$/.test(extension)) return yamlFound(text);
  const usual = extension === '.tsv' || extension === '.tab' ? '\t' : ',';
  return delimited(text, { encoding }, likelyDelimiter(text.text.slice(0, 256 * 1024), 0.4) ?? usual);
}
