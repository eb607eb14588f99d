import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** What is asked of an open SQLite database. */
export interface SqliteOrder {
  readonly text: string;
  readonly params: readonly (null | string | number | bigint | Uint8Array)[];
  readonly mostRows: number;
  readonly mostBytes: number;
}

export interface SqliteAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (null | string | number | bigint | Uint8Array)[])[];
  readonly affected: number;
}

/**
 * Runs one statement. This function is also sent to another process as text, so it uses nothing but its arguments.
 * Throws what SQLite throws, and an error with code DATABASE_TOO_LARGE.
 */
export function runSqlite(database: DatabaseSync, order: SqliteOrder): SqliteAnswer {
  const { text, params, mostRows, mostBytes } = order;
  const statement = database.prepare(text);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const columns = statement.columns().map(({ name, type }) => ({ name, type: type ?? '' }));
  const values: SQLInputValue[] = [...params];
  if (columns.length === 0) return { columns, rows: [], affected: Number(statement.run(...values).changes) };
  const rows: SqliteAnswer['rows'][number][] = [];
  let bytes = 0;
  for (const found of statement.iterate(...values)) {
    // With arrays asked for, each row is one.
    const row = found as unknown as SqliteAnswer['rows'][number];
    for (const cell of row) bytes += typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8;
    if (bytes > mostBytes)
      throw Object.assign(new Error(`more than ${Math.floor(mostBytes / 1048576)} MB`), {
        code: 'DATABASE_TOO_LARGE',
      });
    rows.push(row);
    if (rows.length >= mostRows) break;
  }
  return { columns, rows, affected: rows.length };
}
