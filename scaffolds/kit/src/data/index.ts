/** What the reader of data files shares with the kit; the kit itself loads the files below with the first call. */
export { openBytes } from './reading/bytes.ts';
export { readLines } from './reading/lines.ts';
export { cellsOf, countCells, distinctNames, withoutPreamble } from './reading/delimited.ts';
export { JsonElements } from './reading/json-elements.ts';
export { isNothing, typedCell } from './cell.ts';
export { Notes } from './notes.ts';
export { recordReader, type RecordFormat } from './formats/load.ts';
export type { DataRecord } from './formats/record.ts';
export { throughGzip } from './reading/gunzip.ts';
export { POSITION, SECURITY } from './statements/ofx-investments.ts';
export { BALANCE, TRANSACTION } from './statements/statement.ts';
