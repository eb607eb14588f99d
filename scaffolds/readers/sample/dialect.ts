import { cellsOf, countCells, isNothing, Notes, withoutPreamble } from '@counterpart/kit/data';
import type { DataDialect } from '@counterpart/schemas';

/** What stands between cells, in words. */
export const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ',': 'comma',
  '\t': 'tab',
  ';': 'semicolon',
  '|': 'pipe',
};
const DELIMITERS = Object.keys(DELIMITER_NAMES);
const LINES_LOOKED_AT = 50;

/** Text of bytes by their byte order mark, their zero bytes, or as what they can only be. */
export function encodingOf(head: Uint8Array): DataDialect['encoding'] {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0 && head.length > 1))
    return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  try {
    // The cut may fall inside a character.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    // Where a part of it is UTF-8 of more than one byte, the rest is the exception.
    const text = new TextDecoder('utf-8').decode(head);
    const broken = text.split('\uFFFD').length - 1;
    const proper = [...text.matchAll(/[\u0080-\uFFFC]/g)].length;
    return proper > broken ? 'utf-8' : 'windows-1252';
  }
}

/** Lines for a look at cells; what a cut left of the last one does not count. */
function firstLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return withoutPreamble(lines.length > 2 ? lines.slice(0, -1) : lines)
    .filter((line) => line !== '')
    .slice(0, LINES_LOOKED_AT);
}

/** Cells of each row; a quoted cell may go on over lines. */
function recordCounts(lines: readonly string[], delimiter: string): number[] {
  const counts: number[] = [];
  let open = '';
  for (const line of lines) {
    const record = open === '' ? line : `${open}\n${line}`;
    const count = countCells(record, delimiter);
    open = count === 0 ? record : '';
    if (count > 0) counts.push(count);
  }
  return counts;
}

/** The character that splits the most lines into the same number of cells; undefined where none does. */
export function likelyDelimiter(text: string, leastShare = 0.8): string | undefined {
  const lines = firstLines(text);
  if (lines.length < 2) return undefined;
  const ranked = DELIMITERS.map((delimiter) => {
    const counts = recordCounts(lines, delimiter);
    const tally = new Map<number, number>();
    for (const count of counts) if (count > 1) tally.set(count, (tally.get(count) ?? 0) + 1);
    const [cells = 0, same = 0] = [...tally].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
    return { delimiter, cells, share: counts.length === 0 ? 0 : same / counts.length };
  }).filter(({ share }) => share > leastShare);
  return ranked.toSorted((a, b) => b.share - a.share || b.cells - a.cells)[0]?.delimiter;
}

const looksLikeValue = (cell: string): boolean =>
  isNothing(cell) || /^-?[\d.,]+$/.test(cell.trim()) || /^\d{4}-\d\d-\d\d/.test(cell.trim());

/** Rows of a text that is held whole, and whether the first one names the columns. */
export async function tableOf(
  text: string,
  delimiter: string,
): Promise<{ readonly rows: readonly (readonly string[])[]; readonly header: boolean }> {
  const lines = withoutPreamble(text.replace(/^\uFEFF/, '').split(/\r?\n/));
  const rows: (readonly string[])[] = [];
  for await (const batch of cellsOf(once(lines), delimiter, new Notes()))
    rows.push(...batch.map(({ cells }) => cells));
  const names = rows[0] ?? [];
  const written = names.filter((name) => name.trim() !== '');
  const isNamed = written.length > 0 && written.length * 2 >= names.length;
  return { rows, header: isNamed && !written.some(looksLikeValue) };
}

async function* once(lines: readonly string[]): AsyncGenerator<readonly string[]> {
  yield lines;
}
