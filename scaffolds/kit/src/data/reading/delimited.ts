import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';

/** Cells of one row, and the 1-based line it begins on. */
export interface CellRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** A quoted cell longer than this was never closed. */
const LONGEST_RECORD = 1024 * 1024;

/** Cells of a record; undefined while a quote is open. A quote inside an unquoted cell is a character as any other. */
function split(record: string, delimiter: string): string[] | undefined {
  if (!record.includes('"')) return record.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] !== '"') {
      const end = record.indexOf(delimiter, at);
      cells.push(end === -1 ? record.slice(at) : record.slice(at, end));
      if (end === -1) return cells;
      at = end + 1;
      continue;
    }
    let cell = '';
    let from = at + 1;
    for (;;) {
      const quote = record.indexOf('"', from);
      if (quote === -1) return undefined;
      cell += record.slice(from, quote);
      from = quote + 1;
      if (record[from] !== '"') break;
      cell += '"';
      from += 1;
    }
    const end = record.indexOf(delimiter, from);
    // What stands between a closing quote and the next delimiter is kept as it is.
    cells.push(cell + (end === -1 ? record.slice(from) : record.slice(from, end)));
    if (end === -1) return cells;
    at = end + 1;
  }
}

/** Names of columns, all different and none empty: a repeated one gets its count, an empty one its place. */
export function distinctNames(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((given, index) => {
    const name = given.trim() === '' ? `column_${index + 1}` : given.trim();
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** How many cells a line has; 0 while a quote is open. */
export const countCells = (line: string, delimiter: string): number => split(line, delimiter)?.length ?? 0;

/** What stands between cells, in the order in which it is looked for. */
export const DELIMITERS = [',', ';', '\t', '|'];

/** Whether a line that begins with `#` is a remark: a header would have as many cells as the line that follows it. */
function isRemark(line: string, next: string): boolean {
  const counts = DELIMITERS.map((one) => ({ one, cells: countCells(next, one) }));
  const [most] = counts.toSorted((a, b) => b.cells - a.cells);
  if (most === undefined || most.cells < 2) return /^#\s/.test(line);
  return countCells(line, most.one) !== most.cells;
}

/**
 * The first lines of a text with those emptied that stand before its table: the delimiter that Excel writes there
 * (`sep=;`), and remarks. No line moves.
 */
export function withoutPreamble(lines: readonly string[]): readonly string[] {
  const kept = [...lines];
  if (/^"?sep=."?$/i.test(kept[0] ?? '')) kept[0] = '';
  const table = kept.findIndex((line) => line !== '' && !line.startsWith('#'));
  const next = kept[table] ?? '';
  return kept.map((line, at) => (at < table && isRemark(line, next) ? '' : line));
}

/** Rows of delimited text (RFC 4180: quotes, doubled quotes, line ends in quotes). Empty lines are left out. Throws ToolFailure. */
export async function* cellsOf(
  batches: AsyncIterable<readonly string[]>,
  delimiter: string,
  notes: Notes,
): AsyncGenerator<CellRow[]> {
  let line = 0;
  let open: { text: string; line: number } | undefined;
  for await (const batch of batches) {
    const rows: CellRow[] = [];
    for (const text of batch) {
      line += 1;
      if (open === undefined && text === '') continue;
      const begun: { text: string; line: number } =
        open === undefined ? { text, line } : { text: `${open.text}\n${text}`, line: open.line };
      const cells = open !== undefined && !text.includes('"') ? undefined : split(begun.text, delimiter);
      open = cells === undefined ? begun : undefined;
      if (cells !== undefined) rows.push({ cells, line: begun.line });
      else if (begun.text.length > LONGEST_RECORD)
        throw new ToolFailure(`The quote that opens on line ${begun.line} is never closed.`);
    }
    yield rows;
  }
  if (open !== undefined)
    notes.add('The source ends inside a quoted cell; its last row is left out', open.line);
}
