import { OfxFold } from '../statements/ofx-fold.ts';
import { Tags } from '../statements/tags.ts';
import type { RecordReader } from './record.ts';
import { textPieces } from './text-pieces.ts';

/** Transactions, balances, positions or securities of an OFX statement, whichever `dialect.part` names. */
export const ofxRecords: RecordReader = async function* (bytes, { dialect, notes }) {
  const tags = new Tags();
  const fold = new OfxFold(dialect.part, notes);
  for await (const piece of textPieces(bytes, dialect.encoding)) {
    fold.push(tags.push(piece));
    yield fold.take();
  }
  // A last value may stand at the very end without a tag behind it.
  fold.push(tags.push('<END>'));
  fold.end();
  yield fold.take();
};
