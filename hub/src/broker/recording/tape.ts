import { Transform, type TransformCallback } from 'node:stream';
import type { Redaction } from '@counterpart/scaffolds/mirror/recording/redaction';
import { toHarEntry } from '@counterpart/scaffolds/mirror/recording/har-entry';
import { type HarEntry, REDACTED } from '@counterpart/schemas';
import type { Headers as HeaderLists } from '../credentials/lent-credentials.ts';

/** Of one body; the rest passes and is not kept. */
const MOST_BODY_BYTES = 512 * 1024;

/** The first bytes of a stream that passes through. */
export class KeptBytes {
  readonly #parts: Buffer[] = [];
  #size = 0;
  isCut = false;

  add(part: Buffer): void {
    const room = MOST_BODY_BYTES - this.#size;
    if (part.length > room) this.isCut = true;
    if (room <= 0) return;
    const kept = part.subarray(0, room);
    this.#parts.push(kept);
    this.#size += kept.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** A step that changes nothing and keeps what passes. */
export const keeping = (kept: KeptBytes): Transform =>
  new Transform({
    transform(part: Buffer, _, done: TransformCallback) {
      kept.add(part);
      done(null, part);
    },
  });

/** One exchange as the broker saw it. */
export interface Taped {
  readonly at: number;
  readonly durationMs: number;
  readonly method: string;
  /** As the server asked, and as it went on with credentials. */
  readonly own: { readonly url: string; readonly headers: HeaderLists };
  readonly lent: { readonly url: string; readonly headers: HeaderLists };
  readonly sent: KeptBytes;
  readonly status: number;
  readonly answered: HeaderLists;
  readonly got: KeptBytes;
  readonly operation: string | undefined;
}

/** The server's own headers, and for each that the broker added or changed its name alone. */
function withoutLent(own: HeaderLists, lent: HeaderLists): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries({ ...lent, ...own })) {
    const isLent = JSON.stringify(lent[name]) !== JSON.stringify(own[name]);
    for (const value of isLent ? [REDACTED] : values) headers.append(name, value);
  }
  return headers;
}

/** The address as the server wrote it, with the names of parameters that the broker added. */
function addressWithoutLent(own: string, lent: string): string {
  const [, query = ''] = lent.split('?');
  const known = new Set((own.split('?')[1] ?? '').split('&').map((pair) => pair.split('=')[0]));
  const added = query.split('&').flatMap((pair) => {
    const [name = ''] = pair.split('=');
    return name === '' || known.has(name) ? [] : [`${name}=${encodeURIComponent(REDACTED)}`];
  });
  return added.length === 0 ? own : `${own}${own.includes('?') ? '&' : '?'}${added.join('&')}`;
}

const listed = (lists: HeaderLists): Headers => {
  const headers = new Headers();
  for (const [name, values] of Object.entries(lists)) for (const value of values) headers.append(name, value);
  return headers;
};

/** An exchange as it may be written down: what the broker lent is not in it, and what looks like a secret is redacted. */
export function toEntry(taped: Taped, redaction: Redaction): HarEntry {
  const { own, lent, sent, got, status, operation } = taped;
  return toHarEntry(
    {
      at: new Date(taped.at).toISOString(),
      durationMs: Math.round(taped.durationMs),
      url: addressWithoutLent(own.url, lent.url),
      request: {
        method: taped.method,
        path: new URL(own.url).pathname,
        query: '',
        headers: withoutLent(own.headers, lent.headers),
        body: sent.bytes(),
      },
      response: {
        status,
        headers: listed(taped.answered),
        body: got.bytes(),
        isCut: got.isCut || sent.isCut,
      },
      ...(operation === undefined ? {} : { operation }),
      secrets: [],
    },
    redaction,
  );
}
