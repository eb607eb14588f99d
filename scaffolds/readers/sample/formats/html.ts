import { tableRows } from '@counterpart/kit/data/html';
import type { DataDialect, JsonObject } from '@counterpart/schemas';
import { isNothing } from '@counterpart/kit/data';
import { MOST_SAMPLED, notice, type Open, type Parts } from './part.ts';

interface Seen {
  readonly number: number;
  caption: string;
  readonly names: readonly string[];
  readonly isNamed: boolean;
  readonly rows: JsonObject[];
  ragged: number;
  count: number;
}

/** Tables of a page that tools are made for. */
const MOST_TABLES = 12;
const MOST_SEEN = 1_000;

async function tablesOf(open: Open, encoding: DataDialect['encoding']): Promise<Seen[]> {
  const tables = new Map<number, Seen>();
  for await (const rows of tableRows(open(), encoding)) {
    for (const { table, caption, names, isNamed, cells } of rows) {
      const seen = tables.get(table) ?? {
        number: table,
        caption,
        names,
        isNamed,
        rows: [],
        ragged: 0,
        count: 0,
      };
      if (tables.size < MOST_SEEN) tables.set(table, seen);
      seen.count += 1;
      if (cells.length !== names.length) seen.ragged += 1;
      if (seen.rows.length < MOST_SAMPLED)
        seen.rows.push(Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
    }
  }
  return [...tables.values()].toSorted((a, b) => a.number - b.number);
}

const looksLikeName = (text: string): boolean =>
  !isNothing(text) && !/^[\d.,%$€£+-]+$/.test(text) && text.length < 60;

/** A table without a row of names whose first row reads like one, above rows of the same width. */
const isLikelyTable = ({ names, count, ragged }: Seen): boolean =>
  names.length > 1 && count > 1 && ragged === 0 && names.every(looksLikeName);

/** The tables of a page: those with a row of names; where none has one, those whose first row reads like one. */
export async function htmlParts(
  open: Open,
  encoding: DataDialect['encoding'],
  title: string,
): Promise<Parts> {
  const all = await tablesOf(open, encoding);
  const named = all.filter(({ isNamed }) => isNamed);
  const isGuessed = named.length === 0;
  const chosen = (isGuessed ? all.filter(isLikelyTable) : named).slice(0, MOST_TABLES);
  const parts = chosen.map(({ number, caption, rows }) => ({
    name: caption !== '' ? caption : chosen.length === 1 ? title : `table ${number} rows`,
    dialect: { encoding, part: String(number) },
    rows,
  }));
  const aside = all.filter((one) => !chosen.includes(one));
  return {
    format: 'html',
    title: `HTML (${chosen.length === 1 ? 'one table' : `${chosen.length} tables`})`,
    parts,
    omitted: [
      ...aside
        .slice(0, 8)
        .map(({ number, count, isNamed }) =>
          notice(
            'guessed',
            `table ${number}`,
            isNamed
              ? `More than ${MOST_TABLES} tables; this one of ${count} rows has no tools.`
              : `It has no row of names (th or thead) and was taken for layout: ${count} rows.`,
          ),
        ),
      ...(isGuessed && chosen.length > 0
        ? [
            notice(
              'guessed',
              'names',
              'No table of the page has a row of names, so the first rows were taken for them.',
            ),
          ]
        : []),
    ],
  };
}
