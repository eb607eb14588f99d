import type { Redact } from '../../kernel/redact.ts';

const LONGEST = 160;
const ASSIGNED =
  /\b((?:api[-_]?key|token|secret|password|passwd|authorization|bearer)\b["']?\s*[:= ]\s*)["']?(?:(?:bearer|basic)\s+)?[^\s"',}]+/gi;
const OPAQUE = /\b(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{24,}={0,2}/g;

/** A line of foreign text for a message: one line, cut, without known secrets and without what looks like a credential. */
export function quoted(text: string, redact: Redact): string {
  // Control characters of a foreign program must not reach a terminal.
  const plain = redact(text)
    .slice(0, LONGEST * 4)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  const safe = plain.replace(ASSIGNED, '$1[redacted]').replace(OPAQUE, '[redacted]');
  return JSON.stringify(safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe);
}
