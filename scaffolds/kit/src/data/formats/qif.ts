import { readLines } from '../reading/lines.ts';
import { QifFold } from '../statements/qif-fold.ts';
import type { DataRecord, RecordReader } from './record.ts';

/** Transactions of a QIF file; which number of a date is the day stands in `dialect.dayFirst`. */
export const qifRecords: RecordReader = async function* (bytes, { dialect, notes }) {
  const fold = new QifFold(dialect.dayFirst === true, notes);
  let line = 0;
  for await (const lines of readLines(bytes, dialect.encoding, notes)) {
    const rows: DataRecord[] = [];
    for (const text of lines) {
      line += 1;
      const row = fold.push(text, line);
      if (row !== undefined) rows.push(row);
    }
    yield rows;
  }
  const last = fold.last();
  if (last !== undefined) yield [last];
};
