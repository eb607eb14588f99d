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
  /** As it came, up to the body. */
  readonly text: string;
}

const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';
/** As long as node:http takes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The path, and version 1.1, which keeps connections open (RFC 9112, section 3). */
const REQUEST_LINE = /^POST (\/[\w.~/?=&%-]*) HTTP\/1\.1$/;
/** Printable ASCII, tabs and whole line ends: nothing that two readers could take for different things. */
const PLAIN = /^(?:[\t\x20-\x7e]|\r\n)*$/;
/** Fewer characters than a name may have (RFC 9110, section 5.1). */
const NAME = /^[A-Za-z0-9-]+$/;
const LENGTH = /^\d{1,9}$/;

/** What changes how the body or the connection is to be read. */
const DEMANDING: ReadonlySet<string> = new Set(['transfer-encoding', 'expect', 'upgrade', 'trailer']);

/**
 * Reads the head of a plain POST whose length is known; undefined for everything else: what is incomplete, uncommon, said
 * twice or wrong is left to a whole parser. `last`: the head before it on its connection, which most repeat. Pure.
 */
export function readHead(bytes: Buffer, last?: RequestHead): RequestHead | undefined {
  if (last && bytes.toString('latin1', 0, last.bodyAt) === last.text) return last;
  const start = bytes.toString('latin1', 0, Math.min(bytes.length, MAX_HEAD_BYTES));
  const bodyAt = start.indexOf(HEAD_END) + HEAD_END.length;
  if (bodyAt < HEAD_END.length) return undefined;
  const text = start.slice(0, bodyAt);
  const firstEnd = text.indexOf(LINE_END);
  const url = REQUEST_LINE.exec(text.slice(0, firstEnd))?.[1];
  const headers = url !== undefined && PLAIN.test(text) ? readHeaders(text, firstEnd) : undefined;
  const length = headers?.['content-length'];
  if (url === undefined || headers?.host === undefined || length === undefined || !LENGTH.test(length))
    return undefined;
  return { method: 'POST', url, headers, bodyAt, length: Number(length), text };
}

/** The lines between the first one and the empty one. */
function readHeaders(text: string, firstEnd: number): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  const last = text.length - HEAD_END.length;
  for (let at = firstEnd; at < last;) {
    const start = at + LINE_END.length;
    const colon = text.indexOf(':', start);
    at = text.indexOf(LINE_END, start);
    const name = colon < 0 || colon > at ? undefined : nameOf(text.slice(start, colon));
    // A name that every object inherits counts as said before.
    if (name === undefined || headers[name] !== undefined) return undefined;
    headers[name] = text.slice(colon + 1, at).trim();
  }
  const { connection } = headers;
  return connection === undefined || connection.toLowerCase() === 'keep-alive' ? headers : undefined;
}

/** Names as clients write them, by what they are in lower case: there are few, and each comes with every request. */
const names = new Map<string, string>();
const MOST_NAMES = 200;

/** A header's name in lower case; undefined for one that is not plain. */
function nameOf(written: string): string | undefined {
  const known = names.get(written);
  if (known !== undefined || !NAME.test(written)) return known;
  const name = written.toLowerCase();
  if (DEMANDING.has(name)) return undefined;
  if (names.size < MOST_NAMES) names.set(written, name);
  return name;
}
