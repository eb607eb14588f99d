import { stripVTControlCharacters } from 'node:util';
import { shownColumns } from './columns.ts';

/** A mark, coloured or not, behind which the continued rows of its line begin. */
const MARK = /^[→–✗✓!·○●=] /;
const HANG = '  ';

/**
 * Text whose lines are broken at blanks where they are wider than `width`, each row indented like its line, or like what stands
 * behind the line's mark; a word that is
 * wider than that, such as an address, stays whole.
 */
export const wrap = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => (shownColumns(line) > width ? wrapLine(line, width) : line))
    .join('\n');

function wrapLine(line: string, width: number): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const hang = MARK.test(stripVTControlCharacters(line.slice(indent.length))) ? HANG : '';
  const rows: string[] = [];
  let row = indent;
  for (const word of line.slice(indent.length).split(' ')) {
    const longer = row.trim() === '' ? row + word : `${row} ${word}`;
    const fits = shownColumns(longer) <= width || row.trim() === '';
    if (!fits) rows.push(row);
    row = fits ? longer : indent + hang + word;
  }
  return [...rows, row].join('\n');
}
