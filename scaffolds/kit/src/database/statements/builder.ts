import type { DatabaseColumn, DatabaseEngine, DatabaseTable, Json } from '@counterpart/schemas';
import { isList } from '../../json-value.ts';
import { writeArray } from '../engines/array-text.ts';
import type { BoundValue, Statement } from '../driver.ts';
import { badRequest } from '../failure.ts';
import { nameOfValue } from '../values.ts';
import { dialectOf, type Dialect } from './dialect.ts';

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL = /^(?:nan|[+-]?inf(?:inity)?)$/i;
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;
const TRUE = /^(?:true|t|1|yes)$/i;
const FALSE = /^(?:false|f|0|no)$/i;

const unfit = (column: DatabaseColumn, value: Json, expected: string): Error =>
  badRequest(`${column.key} holds ${expected}, and ${nameOfValue(value)} is none.`);

const plainText = (column: DatabaseColumn, value: Json): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw unfit(column, value, 'one value');
};

function bindNumber(engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue {
  const text = plainText(column, value).trim();
  const isWhole = INTEGER.test(text);
  if (column.kind === 'integer' || column.kind === 'bigint') {
    if (!isWhole) throw unfit(column, value, 'whole numbers');
    return engine === 'sqlite' && column.kind === 'integer' ? wholeOf(text) : text;
  }
  if (!DECIMAL.test(text) && !SPECIAL.test(text)) throw unfit(column, value, 'numbers');
  if (engine !== 'sqlite' || column.kind !== 'float') return text;
  return isWhole ? wholeOf(text) : Number(text);
}

/** SQLite has whole numbers of 64 bits; a larger one is compared as a text. */
function wholeOf(text: string): BoundValue {
  const whole = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, whole) === whole ? whole : text;
}

function bindBoolean(engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue {
  const text = plainText(column, value).trim();
  if (!TRUE.test(text) && !FALSE.test(text)) throw unfit(column, value, 'true or false');
  if (engine === 'postgresql') return String(TRUE.test(text));
  return engine === 'sqlite' ? (TRUE.test(text) ? 1n : 0n) : TRUE.test(text) ? 1 : 0;
}

function bindBytes(engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue {
  const text = plainText(column, value);
  if (!BASE64.test(text)) throw unfit(column, value, 'bytes as base64');
  const bytes = Buffer.from(text, 'base64');
  return engine === 'postgresql' ? `\\x${bytes.toString('hex')}` : bytes;
}

function bindArray(engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue {
  if (!isList(value)) {
    if (typeof value === 'string') return value;
    throw unfit(column, value, 'a list');
  }
  if (engine !== 'postgresql') return JSON.stringify(value);
  const holder = { ...column, kind: column.items ?? 'text' } as const;
  return writeArray(value, (item) => {
    const bound = bindValue(engine, holder, item as Json); // items of a JSON list
    return bound === null ? null : String(bound);
  });
}

type Binder = (engine: DatabaseEngine, column: DatabaseColumn, value: Json) => BoundValue;

const bindText: Binder = (_, column, value) => plainText(column, value);

/** MariaDB reads neither the T nor the Z of such a text; its sessions here are in UTC. */
const bindTime: Binder = (engine, column, value) => {
  const text = plainText(column, value);
  return engine === 'mysql' ? text.replace('T', ' ').replace(/Z$/i, '') : text;
};

const BINDERS: Readonly<Record<DatabaseColumn['kind'], Binder>> = {
  integer: bindNumber,
  bigint: bindNumber,
  decimal: bindNumber,
  float: bindNumber,
  boolean: bindBoolean,
  binary: bindBytes,
  json: (_, __, value) => JSON.stringify(value),
  array: bindArray,
  timestamp: bindTime,
  text: bindText,
  date: bindText,
  time: bindText,
  uuid: bindText,
  other: bindText,
};

/** A JSON value as the parameter that stands for it. Throws DatabaseFailure for one that the column cannot hold. */
export const bindValue = (engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue =>
  value === null ? null : BINDERS[column.kind](engine, column, value);

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

  /** Adds a text that is no value of a column, such as a pattern. */
  text(value: string): string {
    this.#params.push(value);
    return this.dialect.place(this.#params.length, undefined);
  }

  statement(text: string): Statement {
    return { text, params: [...this.#params] };
  }
}
