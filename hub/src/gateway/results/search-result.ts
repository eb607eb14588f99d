import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { layOut, pageOf, type Page } from './page.ts';

/** Characters of one line that is shown as found. */
const LONGEST_LINE = 400;

/** Lines from `offset` that hold these words, whatever their case, each with its own offset, in at most so many characters. */
export function findLines(text: string, words: string, offset: number, most: number): Page {
  const wanted = words.toLowerCase();
  const found: string[] = [];
  let size = 0;
  for (let start = offset; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const at = line.toLowerCase().indexOf(wanted);
    if (at >= 0) {
      const shown = `${start}: ${around(line, at)}`;
      size += shown.length + 1;
      if (size > most && found.length > 0) return { text: found.join('\n'), next: start };
      found.push(shown);
    }
    start = end + 1;
  }
  return { text: found.join('\n'), next: undefined };
}

/** A long line from a little before what was found in it. */
const around = (line: string, at: number): string =>
  line
    .slice(line.length <= LONGEST_LINE ? 0 : Math.max(0, at - LONGEST_LINE / 4))
    .slice(0, LONGEST_LINE)
    .toWellFormed();

/** The value at a JSON pointer (RFC 6901), laid out, from `offset`; what is wrong with the pointer as text. */
export function pointTo(text: string, pointer: string, offset: number, most: number): Page | string {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    return 'the result is not JSON, so no pointer leads into it; ask for words instead';
  }
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const inner = memberOf(value, key);
    if (inner === undefined) return `nothing at "${step}" of ${pointer}; there is ${keysOf(value)}`;
    value = inner;
  }
  return pageOf(layOut(value), offset, most);
}

function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isMembers(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function keysOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (!isMembers(value)) return `no object but ${JSON.stringify(value).slice(0, 50)}`;
  return Object.keys(value).slice(0, 20).join(', ').slice(0, 500);
}
