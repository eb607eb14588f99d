import type { DatabaseColumn, DatabaseKind, Json } from '@counterpart/schemas';
import { isList, parseJson } from '../json-value.ts';
import type { RawValue } from './driver.ts';
import { parseArray } from './engines/array-text.ts';

type Typed = Pick<DatabaseColumn, 'kind' | 'items'> & { readonly type?: string | undefined };

const TRUE = /^(?:t|true|1|yes|on)$/i;
const FALSE = /^(?:f|false|0|no|off)$/i;

const decoder = new TextDecoder();

const asText = (raw: Exclude<RawValue, null>): string =>
  raw instanceof Uint8Array ? decoder.decode(raw) : String(raw);

function integer(raw: Exclude<RawValue, null>): Json {
  const text = asText(raw);
  const value = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : text;
}

function float(raw: Exclude<RawValue, null>): Json {
  // A whole number of SQLite may have more digits than a floating one.
  if (typeof raw === 'bigint') return integer(raw);
  const value = typeof raw === 'number' ? raw : Number(asText(raw));
  return Number.isFinite(value) ? value : asText(raw);
}

function boolean(raw: Exclude<RawValue, null>): Json {
  if (typeof raw === 'boolean') return raw;
  // One bit of MariaDB.
  if (raw instanceof Uint8Array && raw.length === 1 && (raw[0] ?? 0) < 2) return raw[0] === 1;
  const text = asText(raw);
  return TRUE.test(text) ? true : FALSE.test(text) ? false : text;
}

/** Numbers that would lose digits stay as they are written, in a string. */
function exactJson(text: string): Json {
  const revive = (_: string, value: Json, context?: { source?: string }): Json => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || source.length < 16) return value;
    return Number.isSafeInteger(value) || String(value) === source ? value : source;
  };
  return JSON.parse(text, revive) as Json; // parsing makes nothing but JSON
}

function json(raw: Exclude<RawValue, null>): Json {
  const text = asText(raw);
  try {
    return exactJson(text);
  } catch {
    return text;
  }
}

function binary(raw: Exclude<RawValue, null>): Json {
  if (raw instanceof Uint8Array) return Buffer.from(raw).toString('base64');
  const text = asText(raw);
  // PostgreSQL writes bytes as hexadecimal text.
  return Buffer.from(
    text.startsWith('\\x') ? text.slice(2) : text,
    text.startsWith('\\x') ? 'hex' : 'utf8',
  ).toString('base64');
}

function array(raw: Exclude<RawValue, null>, items: DatabaseKind): Json {
  const text = asText(raw);
  const nested = (value: unknown): Json =>
    Array.isArray(value)
      ? value.map(nested)
      : value === null
        ? null
        : toJson(typeof value === 'string' ? value : JSON.stringify(value), { kind: items });
  try {
    return nested(text.startsWith('[') && !/^\[-?\d+:/.test(text) ? parseJson(text) : parseArray(text));
  } catch {
    return text;
  }
}

/** Bytes that are no text, in a place where text should be, as base64. */
function textOrBytes(raw: Exclude<RawValue, null>): Json {
  const text = asText(raw);
  return raw instanceof Uint8Array && text.includes('\uFFFD') ? Buffer.from(raw).toString('base64') : text;
}

const timestamp = (raw: Exclude<RawValue, null>): Json =>
  asText(raw)
    .replace(/^(\d{4,}-\d\d-\d\d) (\d\d:)/, '$1T$2')
    .replace(/\+00(?::?00)?$/, 'Z');

/** Without a declared type, a number is a number. */
function undeclared(raw: Exclude<RawValue, null>): Json {
  if (typeof raw === 'bigint') return integer(raw);
  return typeof raw === 'number' ? float(raw) : textOrBytes(raw);
}

const READERS: Readonly<Record<Exclude<DatabaseKind, 'array'>, (raw: Exclude<RawValue, null>) => Json>> = {
  integer,
  bigint: asText,
  decimal: asText,
  float,
  boolean,
  text: textOrBytes,
  date: asText,
  time: asText,
  timestamp,
  uuid: asText,
  json,
  binary,
  other: undeclared,
};

/** A decimal number with as many places as its type has, rounded as databases do; one without such a type as it is. */
export function scaled(text: string, type: string): string {
  const [, places = ''] = /^(?:numeric|decimal)\(\d+,\s*(\d+)\)/i.exec(type) ?? [];
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  if (places === '' || whole + fraction === '') return text;
  const scale = Number(places);
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  const rounded = String(digits + (Number(fraction[scale] ?? 0) >= 5 ? 1n : 0n)).padStart(scale + 1, '0');
  const isZero = /^0*$/.test(rounded);
  const number = scale === 0 ? rounded : `${rounded.slice(0, -scale)}.${rounded.slice(-scale)}`;
  return `${sign === '-' && !isZero ? '-' : ''}${number}`;
}

/** The shortest number that four bytes hold as this one: 0.1 in the place of 0.10000000149011612. */
function shortFloat(raw: Exclude<RawValue, null>): Json {
  const value = float(raw);
  if (typeof value !== 'number') return value;
  const short = [6, 7, 8, 9].map((digits) => Number(value.toPrecision(digits)));
  return short.find((one) => Math.fround(one) === Math.fround(value)) ?? value;
}

/** A number of SQLite without an exponent. */
const plainDigits = (raw: number): string =>
  Math.abs(raw) < 1e21 && Number.isFinite(raw) ? raw.toFixed(20).replace(/\.?0+$/, '') : String(raw);

/** Types that MariaDB and MySQL alone have: a moment, kept in UTC, and a number of four bytes. */
const MOMENT = /^timestamp(?:\(\d\))?$/i;
const FOUR_BYTES = /^float\b/i;

/** A value of a database as JSON, without losing any of it. */
export function toJson(raw: RawValue, { kind, items, type = '' }: Typed): Json {
  if (raw === null) return null;
  if (kind === 'timestamp' && MOMENT.test(type)) return `${asText(raw).replace(' ', 'T')}Z`;
  if (kind === 'decimal' && typeof raw === 'number') return scaled(plainDigits(raw), type);
  if (kind === 'float' && FOUR_BYTES.test(type)) return shortFloat(raw);
  return kind === 'array' ? array(raw, items ?? 'text') : READERS[kind](raw);
}

/** What a JSON value is called in a refusal. */
export const nameOfValue = (value: Json | undefined): string =>
  value === null || value === undefined
    ? 'nothing'
    : isList(value)
      ? 'a list'
      : JSON.stringify(value).slice(0, 60);
