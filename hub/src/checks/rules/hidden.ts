import type { Program } from 'acorn';
import { START, type Finding } from '../finding.ts';
import { walk } from '../walk.ts';

/** Turn the direction of reading, or are not seen at all: code that reads otherwise than it runs (CVE-2021-42574). */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]/u;
const NOT_ASCII = /[^\x20-\x7e]/;
/** Characters of a text from which on it may hold code, and how evenly its characters are spread then, in bits. */
const LONG = 200;
const DENSE_BITS = 4.2;
const ENCODED = /^[\w+/=-]+$/;
const ESCAPES = /(?:\\x[0-9a-f]{2}|\\u00[0-7][0-9a-f]){8,}/i;

/** Things written so that a reader does not see what they are. */
export function checkHidden(program: Program, text: string): Finding[] {
  const found: Finding[] = [...invisible(text)];
  const add = (message: string, fix: string, at: Finding['at'] | undefined): void => {
    found.push({ rule: 'hidden-text', severity: 'error', message, fix, at: at ?? START });
  };
  walk(program, {
    Identifier: ({ name, loc }) => {
      if (NOT_ASCII.test(name))
        add(`names something ${JSON.stringify(name)}`, 'Name it in ASCII.', loc?.start);
    },
    Literal: ({ value, raw, loc }) => {
      if (typeof value !== 'string') return;
      if (isEncoded(value)) add('holds a long encoded text', 'Write what it says.', loc?.start);
      if (raw !== undefined && ESCAPES.test(raw)) {
        add('writes plain characters as escapes', 'Write the characters.', loc?.start);
      }
    },
    TemplateElement: ({ value, loc }) => {
      if (isEncoded(value.raw)) add('holds a long encoded text', 'Write what it says.', loc?.start);
    },
  });
  return found;
}

function invisible(text: string): Finding[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at): Finding[] => {
    const column = line.search(INVISIBLE);
    if (column < 0) return [];
    const code = line.codePointAt(column)?.toString(16).padStart(4, '0');
    const message = `holds the invisible character U+${code}`;
    return [
      {
        rule: 'hidden-text',
        severity: 'error',
        message,
        fix: 'Take it out, or write it as an escape.',
        at: { line: at + 1, column },
      },
    ];
  });
}

const isEncoded = (text: string): boolean =>
  text.length >= LONG && ENCODED.test(text) && bitsPerCharacter(text) >= DENSE_BITS;

/** Shannon entropy of the characters. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
