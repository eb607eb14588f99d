import type { DataColumn, DataDialect, JsonObject } from '@counterpart/schemas';
import { columnsOfRecords } from '../columns.ts';
import { firstRecords, type Open, type Part, type Parts } from './part.ts';

const KINDS = [
  ['VEVENT', 'events'],
  ['VTODO', 'todos'],
  ['VJOURNAL', 'journals'],
] as const;

/** Properties that may come several times, whatever the first components show. */
const SEVERAL = new Set([
  'categories',
  'resources',
  'attendee',
  'comment',
  'contact',
  'exdate',
  'rdate',
  'attach',
  'related_to',
]);

/** Columns of calendars: what may be a list is any value, and an identifier is a text that only looks like an address. */
const columnsOf = (rows: readonly JsonObject[]): DataColumn[] =>
  columnsOfRecords(rows).map((column) => {
    if (SEVERAL.has(column.key))
      return { name: column.name, key: column.key, type: 'any', nullable: column.nullable };
    return column.key === 'uid'
      ? { name: column.name, key: column.key, type: 'string', nullable: column.nullable }
      : column;
  });

/** What a calendar holds: events, things to do, journals. */
export async function calendarParts(open: Open, encoding: DataDialect['encoding']): Promise<Parts> {
  const parts: Part[] = [];
  for (const [part, name] of KINDS) {
    const dialect = { encoding, part };
    const rows = await firstRecords('icalendar', open, dialect);
    if (rows.length > 0) parts.push({ name, dialect, rows, columns: columnsOf(rows) });
  }
  return {
    format: 'icalendar',
    title: `iCalendar (${parts.map(({ name }) => name).join(', ')})`,
    parts,
    omitted: [],
  };
}
