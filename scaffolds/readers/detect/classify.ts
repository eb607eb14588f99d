import { basename } from 'node:path';
import type { DataDialect } from '@counterpart/schemas';
import { encodingOf } from '../sample/dialect.ts';
import { BINARY } from './binary.ts';
import { firstOf, type Detected } from './format.ts';
import { PROTOCOLS } from './protocols.ts';
import { TEXT } from './text.ts';

export interface Classified extends Detected {
  /** Of text only. */
  readonly encoding?: DataDialect['encoding'];
}

/** How much of a source is looked at, in bytes. */
export const LOOKED_AT = 64 * 1024;

/** Few control characters: no text has any but tabs, line ends and, now and then, an escape or an end of file. */
function isText(text: string): boolean {
  let odd = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 9 || (code > 13 && code < 32 && code !== 26 && code !== 27)) odd += 1;
  }
  return odd <= text.length / 500;
}

/**
 * What something is by its first bytes (more than 64 KiB are not looked at): formats of files, of text, and protocols. The
 * name of a file decides only where its text may be several things. Never throws: what is none of the known things is
 * `text`, `binary` or `empty`.
 */
export function classify(bytes: Uint8Array, location = ''): Classified {
  const head = bytes.subarray(0, LOOKED_AT);
  if (head.length === 0) return { format: 'empty', title: 'empty', family: 'text' };
  const latin1 = Buffer.from(head).toString('latin1');
  const name = basename(location).toLowerCase();
  const binary = firstOf(BINARY, { bytes: head, latin1, text: '', name });
  if (binary !== undefined) return binary;
  const encoding = encodingOf(head);
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  const spoken = firstOf(PROTOCOLS, { bytes: head, latin1, text: '', name: '' });
  if (spoken !== undefined) return spoken;
  if (!isText(text)) return { format: 'binary', title: 'binary data of no known kind', family: 'program' };
  const found = firstOf(TEXT, { bytes: head, latin1, text, name });
  return { ...(found ?? { format: 'text', title: 'plain text', family: 'text' }), encoding };
}
