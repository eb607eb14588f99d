import type { IncomingHttpHeaders } from 'node:http';

/** The head of a request that the lane serves. */
export interface RequestHead {
  readonly method: 'POST';
  readonly url: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Where the body begins, in bytes. */
  readonly bodyAt: number;
  /** Length of the body, in bytes. */
  readonly length: number;
}

const HEAD_END = '\r\n\r\n';
/** As long as node:http takes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The path, and version 1.1, which keeps connections open (RFC 9112, section 3). */
const REQUEST_LINE = /^POST (\/[\w.~/?=&%-]*) HTTP\/1\.1$/;
/** Fewer characters than a name may have (RFC 9110, section 5.1). */
const NAME = /^[A-Za-z0-9-]+$/;
/** Printable ASCII and tabs: no bare line ends, nothing that two readers could take for different things. */
const VALUE = /^[\t\x20-\x7e]*$/;
const LENGTH = /^\d{1,9}$/;

/** What changes how the body or the connection is to be read. */
const DEMANDING: ReadonlySet<string> = new Set(['transfer-encoding', 'expect', 'upgrade', 'trailer']);

/**
 * Reads the head of a plain POST whose length is known; undefined for everything else: what is incomplete, uncommon, said
 * twice or wrong is left to a whole parser. Pure.
 */
export function readHead(bytes: Buffer): RequestHead | undefined {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, MAX_HEAD_BYTES));
  const end = text.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const url = REQUEST_LINE.exec(first)?.[1];
  const headers = url === undefined ? undefined : readHeaders(lines);
  const length = headers?.['content-length'];
  if (url === undefined || headers?.host === undefined || length === undefined || !LENGTH.test(length))
    return undefined;
  return { method: 'POST', url, headers, bodyAt: end + HEAD_END.length, length: Number(length) };
}

function readHeaders(lines: readonly string[]): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1);
    if (!NAME.test(name) || !VALUE.test(value)) return undefined;
    const key = name.toLowerCase();
    if (DEMANDING.has(key) || Object.hasOwn(headers, key)) return undefined;
    headers[key] = value.trim();
  }
  const { connection } = headers;
  return connection === undefined || connection.toLowerCase() === 'keep-alive' ? headers : undefined;
}
