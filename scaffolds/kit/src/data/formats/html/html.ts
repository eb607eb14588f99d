import type { DataRecord, RecordReader } from '../record.ts';
import { HtmlTables, type TableRow } from './html-tables.ts';
import { HtmlTags } from './html-tags.ts';
import { textPieces } from '../text-pieces.ts';

const recordOf = ({ names, cells, line }: TableRow): DataRecord => ({
  value: Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])),
  line,
});

/** Rows of all tables of a page, piece by piece; memory is bounded by the longest row. Throws ToolFailure. */
export async function* tableRows(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Parameters<typeof textPieces>[1],
): AsyncGenerator<readonly TableRow[]> {
  const tables = new HtmlTables();
  const tags = new HtmlTags(tables);
  for await (const piece of textPieces(bytes, encoding)) {
    tags.push(piece);
    yield tables.take();
  }
  tags.end();
  // A page may end without closing its last table.
  tables.close('table');
  yield tables.take();
}

/** Rows of the table of a page that `dialect.part` names by its number. */
export const htmlRecords: RecordReader = async function* (bytes, { dialect, notes }) {
  const number = Number(dialect.part);
  for await (const rows of tableRows(bytes, dialect.encoding)) {
    const own = rows.filter(({ table }) => table === number);
    for (const { cells, names, line } of own)
      if (cells.length > names.length)
        notes.add(
          'More cells than columns; the last are left out',
          line,
          `${cells.length} of ${names.length}`,
        );
    yield own.map(recordOf);
  }
};
