import { hubError } from '@counterpart/schemas';
import { classify } from './classify.ts';
import type { Detected, Family } from './format.ts';

const NO_ROWS =
  'It holds neither rows nor a description of a service: give the data or the description itself.';
const UNPACK =
  'Unpack it and give what is in it; gzip is read as it is, and ZIP archives of descriptions too.';
const TO_CSV = 'Save or export its table as CSV (or NDJSON) and give that file.';

/** What to do instead, by format where there is something special to say. */
const BY_FORMAT: Readonly<Record<string, string>> = {
  pdf: 'Give the data it was made from, or export its tables as CSV or HTML.',
  xlsx: 'Save the sheet as CSV (in most programs: Save as, CSV UTF-8) and give that file.',
  ods: 'Save the sheet as CSV and give that file.',
  ole: 'Save the sheet as CSV, or the document as HTML, and give that file.',
  docx: 'Save it as HTML and give that file: its tables are read.',
  odt: 'Save it as HTML and give that file: its tables are read.',
  sqlite: 'Give the database’s own file: it is not read from standard input or out of something packed.',
  duckdb: "Export a table: `copy <table> to 'table.csv' (header)`, and give that file.",
  mt940: 'Ask the bank for the same statement as CAMT.053 or OFX, and give that file.',
  vcard: 'Export the contacts as CSV, and give that file.',
  pcap: 'Record the traffic as HAR instead (a browser, a proxy, or `hub mirror record`).',
  pcapng: 'Record the traffic as HAR instead (a browser, a proxy, or `hub mirror record`).',
  'mcp-tools':
    'It does not say how the server is reached: add the server itself (`hub add <name> -- <command>`, or with its URL), and `hub build --from mcp:<name>` builds from it.',
  'mcp-servers':
    'Take its servers over with `hub import <file>`; `hub build --from mcp:<name>` builds from one.',
  svg: NO_ROWS,
};

/** What to do instead, by kind; a kind that does not stand here is left to the readers. */
const BY_FAMILY: Readonly<Partial<Record<Family, string>>> = {
  document: 'Save what it holds as CSV or HTML and give that file.',
  image: NO_ROWS,
  sound: NO_ROWS,
  film: NO_ROWS,
  archive: UNPACK,
  database: TO_CSV,
  science: TO_CSV,
  program: NO_ROWS,
  capture: 'Record the traffic as HAR instead.',
  secret:
    'Keys and certificates are never read: take it out of the command and give the data or the description.',
  protocol:
    'Captured bytes of a connection are not read: give the service’s description, its address, or traffic recorded as HAR.',
};

/** Archives that are read through. */
const READ_THROUGH = new Set(['zip', 'gzip']);

/** What to do with a recognised thing that is not read; undefined for everything that a reader may take. */
export function adviceFor({ format, family }: Detected): string | undefined {
  if (READ_THROUGH.has(format)) return undefined;
  return BY_FORMAT[format] ?? BY_FAMILY[family];
}

/** Throws SOURCE_UNSUPPORTED, which names what it is, for a source whose first bytes no reader takes. */
export function assertReadable(head: Uint8Array, source: string): void {
  const found = classify(head, source);
  const advice = adviceFor(found);
  if (advice === undefined) return;
  const more = found.detail === undefined ? '' : ` (${found.detail})`;
  throw hubError('SOURCE_UNSUPPORTED', { source, found: `${found.title}${more}`, advice });
}
