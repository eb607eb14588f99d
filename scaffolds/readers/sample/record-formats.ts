import type { RecordFormat } from '@counterpart/kit/data';
import type { Classified } from '../detect/classify.ts';

/** Formats of records by what a classifier calls them. */
export const RECORD_FORMATS: Readonly<Partial<Record<string, RecordFormat>>> = {
  xml: 'xml',
  rss: 'xml',
  atom: 'xml',
  soap: 'xml',
  plist: 'xml',
  html: 'html',
  icalendar: 'icalendar',
  ofx: 'ofx',
  qif: 'qif',
  'camt.053': 'camt',
};

/** True for a format whose records are read piece by piece and in several kinds. */
export const isRecords = ({ format }: Classified): boolean => Object.hasOwn(RECORD_FORMATS, format);
