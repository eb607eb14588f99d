import type { RawReply } from '../../kernel/ports.ts';
import { resultOpening, skipBlanks, stringEnd, type Cut } from './frame.ts';

/** Members of results that 2026-07-28 added, and that a client of before does not expect. */
const ADDED: ReadonlySet<string> = new Set(['"resultType"', '"ttlMs"', '"cacheScope"']);

/** They are small and no server writes one behind much else, so that nobody waits for a search through a long result. */
const LONGEST_SEARCH = 4 * 1024;

const NONE: readonly Cut[] = [];

/** What must be cut from a modern server's frame for a legacy client; found among the first few kilobytes only. */
export function modernMembers(reply: RawReply): readonly Cut[] {
  const { frame } = reply;
  const open = resultOpening(frame, reply);
  if (open === undefined) return NONE;
  const end = Math.min(frame.length, open + LONGEST_SEARCH);
  let found: Cut[] = [];
  let depth = 0;
  let name: string | undefined;
  let start = skipBlanks(frame, open + 1);
  /** From the comma before members that are all cut, in case they are the last. */
  let tail = open + 1;
  for (let i = start; i < end; i++) {
    const byte = frame[i];
    if (byte === 0x22) {
      const close = stringEnd(frame, i);
      if (depth === 0) name ??= frame.toString('latin1', i, close);
      i = close - 1;
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (depth > 0) depth -= byte === 0x7d || byte === 0x5d ? 1 : 0;
    else if (byte === 0x2c) {
      const next = skipBlanks(frame, i + 1);
      if (name !== undefined && ADDED.has(name)) found.push([start, next, '']);
      else tail = i;
      name = undefined;
      start = next;
    } else if (byte === 0x7d) {
      if (name === undefined || !ADDED.has(name)) return found;
      found = found.filter(([at]) => at < tail);
      return [...found, [tail, i, '']];
    }
  }
  return found;
}
