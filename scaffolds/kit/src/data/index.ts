/** What the reader of data files shares with the kit; the kit itself loads the files below with the first call. */
export { openBytes } from './bytes.ts';
export { readLines } from './lines.ts';
export { cellsOf, countCells, distinctNames } from './delimited.ts';
export { JsonElements } from './json-elements.ts';
export { isNothing, typedCell } from './cell.ts';
export { Notes } from './notes.ts';
export { recordReader, type RecordFormat } from './formats/load.ts';
export type { DataRecord } from './formats/record.ts';
export { throughGzip } from './gunzip.ts';
export { BALANCE, TRANSACTION } from './statements/statement.ts';
