/** A cell as it is written; `text` grows while it is open. */
export interface Cell {
  text: string;
  readonly isHeader: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** HTML's own bounds of spans (HTML Living Standard, 4.9.11). */
const MOST_SPANNED = 1_000;
const MOST_ROWS = 65_534;
/** A row wider than this is no row. */
export const MOST_COLUMNS = 1_000;

const spanOf = (text: string | undefined, most: number): number => {
  const span = Number.parseInt(text ?? '1', 10);
  return Number.isNaN(span) || span < 1 ? 1 : Math.min(span, most);
};

/** A cell that begins, with how far it spans. */
export const cellOf = (isHeader: boolean, attributes: ReadonlyMap<string, string>): Cell => ({
  text: '',
  isHeader,
  columns: spanOf(attributes.get('colspan'), MOST_SPANNED),
  rows: spanOf(attributes.get('rowspan'), MOST_ROWS),
});

const plain = (text: string): string => text.replaceAll(/[\s\u00a0]+/g, ' ').trim();

/** Lays cells out in columns: what spans several stands in each of them, what spans rows in the rows below too. */
export class Grid {
  /** Cells that reach into the next rows, by column. */
  #reaching = new Map<number, { readonly text: string; left: number }>();

  /** The texts of a row by column. */
  row(cells: readonly Cell[]): string[] {
    const texts: string[] = [];
    const reaching = new Map<number, { readonly text: string; left: number }>();
    for (const [column, { text, left }] of this.#reaching) {
      texts[column] = text;
      if (left > 1) reaching.set(column, { text, left: left - 1 });
    }
    let column = 0;
    for (const cell of cells) {
      const text = plain(cell.text);
      while (texts[column] !== undefined) column += 1;
      for (let left = cell.columns; left > 0 && column < MOST_COLUMNS; left -= 1, column += 1) {
        texts[column] = text;
        if (cell.rows > 1) reaching.set(column, { text, left: cell.rows - 1 });
      }
    }
    this.#reaching = reaching;
    return Array.from(texts, (text) => text ?? '');
  }
}
