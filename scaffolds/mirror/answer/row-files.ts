import type { Json } from '@counterpart/schemas';
import { isArray, isObject } from '../schema/json-value.ts';

/** Files of rows that have no general form: pages of tables, calendars, lists of transactions. */

const textOf = (value: Json | undefined): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'string'
    ? value
    : isArray(value)
      ? value.map((one) => textOf(one)).join(', ')
      : JSON.stringify(value);
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Rows of each member of an object; a list alone is one without a name. */
function listsOf(value: Json): (readonly [name: string, rows: readonly Json[]])[] {
  if (isArray(value)) return [['1', value]];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, rows]) => (isArray(rows) ? [[name, rows] as const] : []));
}

function table(rows: readonly Json[]): string {
  const names = [...new Set(rows.filter(isObject).flatMap((row) => Object.keys(row)))];
  const head = names.map((name) => `<th>${escaped(name)}</th>`).join('');
  const lines = rows
    .filter(isObject)
    .map((row) => `<tr>${names.map((name) => `<td>${escaped(textOf(row[name]))}</td>`).join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table>`;
}

/** A page whose tables stand at the places that the members' names count; empty ones fill the places between. */
function page(value: Json): string {
  const lists = new Map(listsOf(value));
  const last = Math.max(0, ...Array.from(lists.keys(), (name) => Number(name) || 0));
  const tables = Array.from({ length: last }, (_, index) => table(lists.get(String(index + 1)) ?? []));
  return `<!DOCTYPE html>\n<html><body>\n${tables.join('\n')}\n</body></html>\n`;
}

const PROPERTIES: Readonly<Record<string, string>> = { start: 'DTSTART', end: 'DTEND', stamped: 'DTSTAMP' };
/** Members that follow from others. */
const DERIVED = new Set(['all_day', 'timezone', 'rrule', 'exdate', 'rdate', 'duration']);
const TIMES = new Set([
  'start',
  'end',
  'due',
  'completed',
  'stamped',
  'created',
  'last_modified',
  'recurrence_id',
]);

function property(key: string, value: Json): string {
  const name = PROPERTIES[key] ?? key.toUpperCase().replaceAll('_', '-');
  if (!TIMES.has(key))
    return `${name}:${textOf(value)
      .replaceAll(/[\\,;]/g, '\\$&')
      .replaceAll(/\r?\n/g, '\\n')}`;
  const time = new Date(textOf(value));
  const moment = Number.isNaN(time.getTime()) ? new Date(0) : time;
  return `${name}:${moment.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
}

function calendar(value: Json): string {
  const lines = listsOf(value).flatMap(([kind, rows]) =>
    rows
      .filter(isObject)
      .flatMap((row) => [
        `BEGIN:${kind}`,
        ...Object.entries(row).flatMap(([key, member]) =>
          member === null || DERIVED.has(key) ? [] : [property(key, member)],
        ),
        `END:${kind}`,
      ]),
  );
  const all = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Counterpart//Mirror//EN',
    ...lines,
    'END:VCALENDAR',
  ];
  return all.map((line) => `${line}\r\n`).join('');
}

const LETTERS: Readonly<Record<string, string>> = {
  date: 'D',
  amount: 'T',
  payee: 'P',
  memo: 'M',
  check_number: 'N',
  category: 'L',
};

/** Days stand behind the months unless a reader was told otherwise; ISO dates are read both ways alike. */
function ledger(value: Json): string {
  const entries = listsOf(value).flatMap(([, rows]) =>
    rows.filter(isObject).map((row) => {
      const fields = Object.entries(LETTERS).map(
        ([key, letter]) => `${letter}${textOf(row[key]).replaceAll(/\s+/g, ' ')}`,
      );
      return `${fields.join('\n')}\n^\n`;
    }),
  );
  return `!Type:Bank\n${entries.join('')}`;
}

const WRITERS: Readonly<Partial<Record<string, (value: Json) => string>>> = {
  'text/html': page,
  'text/calendar': calendar,
  'application/qif': ledger,
};

/** True for a type of files of rows that are written here. */
export const isRowFile = (type: string): boolean => Object.hasOwn(WRITERS, type);

/** A file of rows in its own form; undefined for a value without rows, which is written as any text is. */
export const toRowFile = (type: string, value: Json): string | undefined =>
  listsOf(value).length === 0 ? undefined : WRITERS[type]?.(value);
