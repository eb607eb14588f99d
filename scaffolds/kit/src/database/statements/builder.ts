import type { DatabaseColumn, DatabaseEngine, DatabaseTable, Json } from '@counterpart/schemas';
import type { BoundValue, Statement } from '../driver.ts';
import { badRequest } from '../failure.ts';
import { bindValue } from './bind.ts';
import { dialectOf, type Dialect } from './dialect.ts';

/** Collects the parameters of one statement while its text is made. */
export class StatementBuilder {
  readonly dialect: Dialect;
  readonly table: DatabaseTable;
  readonly #params: BoundValue[] = [];

  constructor(engine: DatabaseEngine, table: DatabaseTable) {
    this.dialect = dialectOf(engine);
    this.table = table;
  }

  /** The column of a key. Throws DatabaseFailure with the ones there are. */
  column(key: string): DatabaseColumn {
    const column = this.table.columns.find((one) => one.key === key);
    if (column !== undefined) return column;
    const known = this.table.columns.map((one) => one.key).slice(0, 40);
    throw badRequest(`There is no column ${JSON.stringify(key)}; there are ${known.join(', ')}.`);
  }

  /** Adds a value of this column; the text of its place. */
  value(column: DatabaseColumn, value: Json): string {
    this.#params.push(bindValue(this.dialect.engine, column, value));
    return this.dialect.place(this.#params.length, column);
  }

  /** Adds a text that is no value of a column, such as a pattern: as often as its place comes in the statement. */
  text(value: string, places = 1): string {
    for (let count = 0; count < places; count += 1) this.#params.push(value);
    return this.dialect.place(this.#params.length, undefined);
  }

  statement(text: string): Statement {
    return { text, params: [...this.#params] };
  }
}
