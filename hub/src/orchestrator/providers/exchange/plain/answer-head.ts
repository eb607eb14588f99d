import type { IncomingHttpHeaders } from 'node:http';

/** The head of an answer that is streamed in chunks. */
export interface AnswerHead {
  readonly headers: IncomingHttpHeaders;
  /** Where the body begins. */
  readonly bodyAt: number;
  /** How long its connection may wait for another question, in milliseconds; 0: it is closed. */
  readonly idleMs: number;
}

const FIRST = /^HTTP\/1\.1 200(?: [\t\x20-\x7e]*)?$/;
const FIELD = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e]*)$/;
/** What decides how the rest is to be read, other than in chunks. */
const ELSEWHERE = ['content-length', 'content-encoding', 'upgrade', 'set-cookie'];
/** As long as Node's own agent keeps a connection, less what a goodbye may take to come. */
const MOST_IDLE_MS = 4_000;
const GOODBYE_MS = 1_000;

/** More is no head that anybody sends. */
const MOST_BYTES = 16 * 1024;

/** Whether there is nothing to wait for before the head is read. */
export const hasWholeHead = (bytes: Buffer, length: number): boolean =>
  length > MOST_BYTES || bytes.subarray(0, length).includes('\r\n\r\n');

/**
 * Reads the head of an answer, if it is one of success in chunks, all of whose head came in this piece, with nothing in it that two
 * readers could understand differently. undefined: whole parsers are asked.
 */
export function readAnswerHead(bytes: Buffer, length: number): AnswerHead | undefined {
  const text = bytes.toString('latin1', 0, length);
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = FIRST.test(first) ? headersOf(lines) : undefined;
  if (headers?.['transfer-encoding']?.toLowerCase() !== 'chunked') return undefined;
  if (ELSEWHERE.some((name) => headers[name] !== undefined)) return undefined;
  const idleMs = idleOf(headers['connection'] ?? '', headers['keep-alive'] ?? '');
  return idleMs === undefined ? undefined : { headers, bodyAt: end + 4, idleMs };
}

function headersOf(lines: readonly string[]): Record<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, written = '', value = ''] = FIELD.exec(line) ?? [];
    const name = written.toLowerCase();
    if (name === '' || headers.has(name)) return undefined;
    headers.set(name, value.trim());
  }
  return Object.fromEntries(headers);
}

function idleOf(connection: string, kept: string): number | undefined {
  const word = connection.toLowerCase();
  if (word === 'close') return 0;
  if (word !== '' && word !== 'keep-alive') return undefined;
  const told = /(?:^|[ ,])timeout=(\d{1,6})(?:$|[ ,])/i.exec(kept)?.[1];
  if (told === undefined) return MOST_IDLE_MS;
  return Math.min(MOST_IDLE_MS, Math.max(0, Number(told) * 1_000 - GOODBYE_MS));
}
