import type { Json, JsonObject } from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import { isArray, isObject } from '../schema/json-value.ts';

/** What begins a formula where tables are opened is written as text, as spreadsheets take it. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: Json | undefined, separator: string): string {
  if (value === undefined || value === null) return '';
  if (isNumber(value) || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /["\r\n]/.test(safe) || safe.includes(separator) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows of a value: a list, the one list an object holds, else the value alone. */
function rowsOf(value: Json): readonly Json[] {
  if (isArray(value)) return value;
  const lists = isObject(value) ? Object.values(value).filter(isArray) : [];
  const [only, ...others] = lists;
  return only && others.length === 0 && only.some(isObject) ? only : [value];
}

/** A value as a table with a line of names (RFC 4180): one line a thing, a column for every member any of them has. */
export function toTable(value: Json, separator: ',' | '\t'): string {
  const rows = rowsOf(value).map((row): JsonObject => (isObject(row) ? row : { value: row }));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [
    names,
    ...rows.map((row) => names.map((name) => (Object.hasOwn(row, name) ? row[name] : null))),
  ];
  return lines.map((line) => `${line.map((one) => cell(one, separator)).join(separator)}\r\n`).join('');
}
