import { distinctNames } from '../../reading/delimited.ts';
import { cellOf, Grid, MOST_COLUMNS, type Cell } from './html-grid.ts';
import type { TagHandlers } from './html-tags.ts';

/** A row of a table of a page, with what is known of its table by then. */
export interface TableRow {
  /** 1-based place of the table in its page. */
  readonly table: number;
  readonly caption: string;
  /** Names of the columns: as `th` and `thead` give them, else the texts of the first row. */
  readonly names: readonly string[];
  /** Whether the page says that these are names. */
  readonly isNamed: boolean;
  readonly cells: readonly string[];
  readonly line: number;
}

interface Table {
  readonly number: number;
  readonly grid: Grid;
  caption: string;
  names: string[] | undefined;
  /** Rows of names that were met so far, from above. */
  readonly above: string[][];
  isNamed: boolean;
  isHead: boolean;
  row: { readonly cells: Cell[]; readonly line: number } | undefined;
  cell: Cell | undefined;
  isCaption: boolean;
}

/** Tables within tables beyond this are text. */
const DEEPEST = 50;
/** Further text of a cell that is never closed is left out, in characters. */
const LONGEST_CELL = 1024 * 1024;
const LONGEST_CAPTION = 1_000;
const BREAKS = new Set(['br', 'p', 'div', 'li', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

/** Names of columns from the rows above them: `2024 Q1` where a year spans its quarters. */
function namesOf(above: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...above.map((row) => row.length));
  const joined = Array.from({ length: width }, (_, column) => {
    const parts = above.map((row) => row[column] ?? '').filter((part) => part !== '');
    return [...new Set(parts)].join(' ');
  });
  return distinctNames(joined);
}

/** The rows of every table of a page, one after another as they end. */
export class HtmlTables implements TagHandlers {
  readonly #open: Table[] = [];
  #beyond = 0;
  #count = 0;
  #done: TableRow[] = [];

  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void {
    if (name === 'table') {
      this.#begin();
      return;
    }
    const table = this.#open.at(-1);
    if (table === undefined) return;
    if (name === 'caption') table.isCaption = true;
    else if (name === 'thead' || name === 'tbody' || name === 'tfoot') {
      this.#endRow(table);
      table.isHead = name === 'thead';
    } else if (name === 'tr') {
      this.#endRow(table);
      table.row = { cells: [], line };
    } else if (name === 'td' || name === 'th') {
      table.row ??= { cells: [], line };
      table.cell = cellOf(name === 'th', attributes);
      // What is wider than any table is left out, so that a row that never ends stays small.
      if (table.row.cells.length < MOST_COLUMNS) table.row.cells.push(table.cell);
    } else if (BREAKS.has(name)) this.text(' ');
  }

  text(text: string): void {
    const table = this.#open.at(-1);
    if (table === undefined) return;
    if (table.isCaption) {
      if (table.caption.length < LONGEST_CAPTION) table.caption += text;
    } else if (table.cell !== undefined && table.cell.text.length < LONGEST_CELL) table.cell.text += text;
  }

  close(name: string): void {
    if (name === 'table' && this.#beyond > 0) {
      this.#beyond -= 1;
      return;
    }
    const table = this.#open.at(-1);
    if (table === undefined) return;
    if (name === 'caption') table.isCaption = false;
    else if (name === 'td' || name === 'th') table.cell = undefined;
    else if (name === 'tr') this.#endRow(table);
    else if (name === 'thead') {
      this.#endRow(table);
      table.isHead = false;
    } else if (name === 'table') {
      this.#endRow(table);
      this.#open.pop();
    } else if (BREAKS.has(name)) this.text(' ');
  }

  /** Rows that were completed since the last time. */
  take(): readonly TableRow[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #begin(): void {
    this.#count += 1;
    if (this.#open.length === DEEPEST) {
      this.#beyond += 1;
      return;
    }
    this.#open.push({
      number: this.#count,
      grid: new Grid(),
      caption: '',
      names: undefined,
      above: [],
      isNamed: false,
      isHead: false,
      row: undefined,
      cell: undefined,
      isCaption: false,
    });
  }

  #endRow(table: Table): void {
    const { row } = table;
    table.row = undefined;
    table.cell = undefined;
    table.isCaption = false;
    if (row === undefined || row.cells.length === 0) return;
    const texts = table.grid.row(row.cells);
    if (table.names === undefined && this.#names(table, row.cells, texts)) return;
    table.names ??= namesOf(table.above);
    this.#done.push({
      table: table.number,
      caption: table.caption.replaceAll(/\s+/g, ' ').trim(),
      names: table.names,
      isNamed: table.isNamed,
      cells: texts,
      line: row.line,
    });
  }

  /** Whether a row is one of names; without any such row, the first one gives them. */
  #names(table: Table, cells: readonly Cell[], texts: string[]): boolean {
    const isNames = table.isHead || cells.every(({ isHeader }) => isHeader);
    if (!isNames && table.above.length > 0) return false;
    // One cell over all columns is a title.
    if (isNames && cells.length === 1 && (cells[0]?.columns ?? 1) > 1) {
      if (table.caption.trim() === '') table.caption = texts[0] ?? '';
      return true;
    }
    table.isNamed = isNames;
    table.above.push(texts);
    if (!isNames) table.names = namesOf(table.above);
    return true;
  }
}
