import { stripVTControlCharacters } from 'node:util';

const visible = (text: string): number => stripVTControlCharacters(text).length;

const GAP = '  ';
const NARROWEST_LAST = 12;

/** Columns under headings, the last one cut to `width`; empty columns are left out. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const used = headings.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const kept = [headings, ...rows].map((row) => row.filter((_, column) => used[column]));
  const columns = used.filter(Boolean).length;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...kept.map((row) => visible(row[column] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const lastWidth = Math.max(NARROWEST_LAST, width - before);
  return kept.map((row) => renderRow(row, widths, lastWidth)).join('\n');
}

function renderRow(row: readonly string[], widths: readonly number[], lastWidth: number): string {
  const cells = row.map((cell, column) =>
    column === widths.length - 1 ? clip(cell, lastWidth) : pad(cell, widths[column] ?? 0),
  );
  return cells.join(GAP).trimEnd();
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - visible(text)));

/** Cuts text to `width` columns, marked with an ellipsis; a cut text loses its colours. */
export function clip(text: string, width: number): string {
  if (visible(text) <= width) return text;
  return `${stripVTControlCharacters(text).slice(0, Math.max(0, width - 1))}…`;
}
