import { stripVTControlCharacters } from 'node:util';
import { fitted, shownColumns } from './columns.ts';

const GAP = '  ';
const NARROWEST_LAST = 12;

const INDENT = '    ';

/** Half an address or a name is of no use to anybody. */
const isOneWord = (text: string): boolean => /^[!-~]*$/.test(stripVTControlCharacters(text));

/**
 * Columns under headings, the last one cut to `width` where it has more than one word; empty columns are left out. Where they do not fit beside each other, each row
 * goes on below itself, indented.
 */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const used = headings.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const kept = [headings, ...rows].map((row) => row.filter((_, column) => used[column]));
  const columns = used.filter(Boolean).length;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...kept.map((row) => shownColumns(row[column] ?? ''))),
  );
  const last = columns - 1;
  const whole = Math.max(
    0,
    ...kept
      .map((row) => row[last] ?? '')
      .filter(isOneWord)
      .map(shownColumns),
  );
  const lines = linesOf(widths, width, Math.min(widths[last] ?? 0, Math.max(NARROWEST_LAST, whole)));
  return kept
    .map((row, at) =>
      lines
        .map((line) => renderLine(row, line, { widths, width }))
        .filter((text, line) => text !== '' || (line === 0 && at > 0))
        .join('\n'),
    )
    .join('\n');
}

/** Columns that stand beside each other, from one up to another. */
interface Line {
  readonly from: number;
  readonly to: number;
  readonly indent: string;
}

function linesOf(widths: readonly number[], width: number, narrowestLast: number): Line[] {
  const lines: Line[] = [];
  let from = 0;
  let used = 0;
  widths.forEach((each, column) => {
    const needed = column === widths.length - 1 ? narrowestLast : each;
    if (column > from && used + needed > width) {
      lines.push({ from, to: column, indent: lines.length === 0 ? '' : INDENT });
      from = column;
      used = INDENT.length;
    }
    used += each + GAP.length;
  });
  return [...lines, { from, to: widths.length, indent: lines.length === 0 ? '' : INDENT }];
}

interface Sizes {
  readonly widths: readonly number[];
  readonly width: number;
}

function renderLine(row: readonly string[], { from, to, indent }: Line, { widths, width }: Sizes): string {
  const before = widths.slice(from, to - 1).reduce((sum, each) => sum + each + GAP.length, indent.length);
  const isLast = to === widths.length;
  const cells = row
    .slice(from, to)
    .map((cell, at) =>
      isLast && from + at === to - 1
        ? clip(cell, Math.max(NARROWEST_LAST, width - before))
        : pad(cell, widths[from + at] ?? 0),
    );
  const text = cells.join(GAP).trimEnd();
  return text === '' ? '' : indent + text;
}

const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - shownColumns(text)));

/** Cuts text to `width` columns, marked with an ellipsis; a cut text loses its colours. */
export function clip(text: string, width: number): string {
  return shownColumns(text) <= width || isOneWord(text)
    ? text
    : fitted(stripVTControlCharacters(text), width);
}
