import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Statements kept at most; the rooms of a running hub take turns with about as many. */
const MOST_KEPT = 48;
/** A statement holds what it was last given: longer ones are made anew each time. */
const LONGEST_KEPT = 4 * 1024;

/**
 * A database that keeps its prepared statements, by their text. Each takes some eight kilobytes outside the heap, which the
 * driver frees with a collection only and V8 knows nothing of: two hundred servers that start would leave ten megabytes of them.
 */
export class KeptStatements implements SqliteDatabase {
  readonly #database: SqliteDatabase;
  /** The one used last stands last. */
  readonly #kept = new Map<string, SqliteStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** A statement that is in use is nobody else's: it is kept once it did its work, unless that failed. */
  prepare(sql: string): SqliteStatement {
    const statement = this.#kept.get(sql) ?? this.#database.prepare(sql);
    this.#kept.delete(sql);
    return {
      reader: statement.reader,
      all: (parameters) => {
        const rows = statement.all(parameters);
        this.#keep(sql, statement, parameters);
        return rows;
      },
      run: (parameters) => {
        const outcome = statement.run(parameters);
        this.#keep(sql, statement, parameters);
        return outcome;
      },
      // Nobody tells when its rows are read.
      iterate: (parameters) => statement.iterate(parameters),
    };
  }

  close(): void {
    this.#kept.clear();
    this.#database.close();
  }

  #keep(sql: string, statement: SqliteStatement, parameters: readonly unknown[]): void {
    if (lengthOf([sql, ...parameters]) > LONGEST_KEPT) return;
    this.#kept.set(sql, statement);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

const lengthOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
