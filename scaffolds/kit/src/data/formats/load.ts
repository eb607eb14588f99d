import type { DataFormat } from '@counterpart/schemas';
import type { RecordReader } from './record.ts';

/** Formats whose records have a reader of their own. */
export type RecordFormat = Exclude<DataFormat, 'delimited' | 'json' | 'ndjson'>;

/** The reader of records of a format; its code is loaded when it is first asked for. */
export async function recordReader(format: RecordFormat): Promise<RecordReader> {
  switch (format) {
    case 'xml':
      return (await import('./xml.ts')).xmlRecords;
    case 'html':
      return (await import('./html/html.ts')).htmlRecords;
    case 'icalendar':
      return (await import('./icalendar.ts')).calendarRecords;
    case 'ofx':
      return (await import('./ofx.ts')).ofxRecords;
    case 'qif':
      return (await import('./qif.ts')).qifRecords;
    case 'camt':
      return (await import('./camt.ts')).camtRecords;
  }
}
