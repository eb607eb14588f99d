import type { DatabaseColumn, DatabaseEngine, Json } from '@counterpart/schemas';
import { isList, isNumber, parseJson } from '../../json-value.ts';
import { writeArray } from '../engines/array-text.ts';
import type { BoundValue } from '../driver.ts';
import { badRequest } from '../failure.ts';
import { nameOfValue, scaled } from '../values.ts';

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
  if (isNumber(value) || typeof value === 'boolean') return String(value);
  throw unfit(column, value, 'one value');
};

function bindNumber(engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue {
  const text = plainText(column, value).trim();
  const isWhole = INTEGER.test(text);
  if (column.kind === 'integer' || column.kind === 'bigint') {
    if (!isWhole) throw unfit(column, value, 'whole numbers');
    return engine === 'sqlite' ? wholeOf(text) : text;
  }
  if (!DECIMAL.test(text) && !SPECIAL.test(text)) throw unfit(column, value, 'numbers');
  if (column.kind === 'decimal') return engine === 'sqlite' ? scaled(text, column.type) : text;
  // Four bytes are compared as the number that they hold, not as the one that was written.
  if (engine === 'mysql') return /^float\b/i.test(column.type) ? String(Math.fround(Number(text))) : text;
  return engine === 'sqlite' ? looseNumber(text) : text;
}

/** A number as SQLite keeps it: whole ones exactly, others as floating numbers. */
const looseNumber = (text: string): BoundValue =>
  INTEGER.test(text) ? wholeOf(text) : Number(text.replace(/^([+-]?)inf$/i, '$1Infinity'));

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
  const list = isList(value) ? value : typeof value === 'string' ? listIn(value) : undefined;
  if (list === undefined) {
    if (typeof value === 'string') return value;
    throw unfit(column, value, 'a list');
  }
  if (engine !== 'postgresql') return JSON.stringify(list);
  const holder = { ...column, kind: column.items ?? 'text' } as const;
  return writeArray(list, (item) => {
    const bound = bindValue(engine, holder, item as Json); // items of a JSON list
    return bound === null ? null : String(bound);
  });
}

/** A list that is written as JSON, as a filter's value is. */
function listIn(text: string): readonly Json[] | undefined {
  try {
    const value = parseJson(text);
    return isList(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

type Binder = (engine: DatabaseEngine, column: DatabaseColumn, value: Json) => BoundValue;

const bindText: Binder = (_, column, value) => plainText(column, value);

const ZONED = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?([+-]\d\d)(?::?(\d\d))?$/;

/** A moment with an offset in UTC, its fraction as it was; anything else as it is. */
function inUtc(text: string): string {
  const match = ZONED.exec(text);
  if (match === null) return text;
  const [, day, time, fraction = '', hours, minutes = '00'] = match;
  const moment = new Date(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString().replace(/\.\d+Z$/, `${fraction}Z`);
}

/** MariaDB reads neither offsets nor the T and the Z of such a text; its sessions here are in UTC. */
const bindTime: Binder = (engine, column, value) => {
  const text = plainText(column, value);
  if (engine === 'mysql') return inUtc(text).replace('T', ' ').replace(/Z$/i, '');
  return engine === 'sqlite' && /with time zone|^timestamp\b/i.test(column.type) ? inUtc(text) : text;
};

/** Without a declared type SQLite keeps a number as a number and a text as a text. */
const bindUndeclared: Binder = (engine, column, value) => {
  if (engine !== 'sqlite') return plainText(column, value);
  if (isNumber(value)) return looseNumber(String(value));
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'string' ? value : JSON.stringify(value);
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
  other: bindUndeclared,
};

/** A JSON value as the parameter that stands for it. Throws DatabaseFailure for one that the column cannot hold. */
export const bindValue = (engine: DatabaseEngine, column: DatabaseColumn, value: Json): BoundValue =>
  value === null ? null : BINDERS[column.kind](engine, column, value);
