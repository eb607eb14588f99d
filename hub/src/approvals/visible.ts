import { ToolDefinition } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';

/**
 * Characters that leave no mark or change the order of others, from and to: controls but tab and line ends, soft hyphen,
 * joiners, zero-width and bidirectional ones, fillers, variation selectors, tags.
 */
const HIDDEN: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
];

/** Where such characters are part of what is seen: emoji, and scripts whose letters join. */
const ORDINARY: readonly RegExp[] = [
  /\u{1f3f4}[\u{e0020}-\u{e007e}]{1,6}\u{e007f}/gu,
  /(?<=\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}]|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu,
  /(?<=\p{Extended_Pictographic}|[0-9#*])[\ufe0e\ufe0f]/gu,
  /(?<=\p{Script=Arabic}|\p{Script=Devanagari}|\p{Script=Bengali}|\p{Script=Tamil}|\p{Script=Telugu}|\p{Script=Kannada}|\p{Script=Malayalam}|\p{Script=Sinhala})(?:\u200c|\u200d)(?=\p{L}|\p{M})/gu,
];

const PRINTABLE_ASCII = /^[\t\n\r\u0020-\u007e]*$/;

function isHidden(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return HIDDEN.some(([from, to]) => point >= from && point <= to);
}

/** As `U+200B`. */
const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The different characters of a text that nobody sees, as `U+200B`, in order; emoji and joining scripts count as seen. */
export function hiddenCharacters(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return [];
  const rest = ORDINARY.reduce((left, ordinary) => left.replace(ordinary, ''), text);
  return [...new Set(Array.from(rest).filter(isHidden).map(codePoint))];
}

/** The text with every character that nobody sees written out, such as `⟨U+202E⟩`; safe for a terminal. */
export const madeVisible = (text: string): string =>
  PRINTABLE_ASCII.test(text)
    ? text
    : Array.from(text, (character) => (isHidden(character) ? `⟨${codePoint(character)}⟩` : character)).join(
        '',
      );

/** A definition with all its texts and the names of its members so. */
export function visibleDefinition(tool: ToolDefinition): ToolDefinition {
  const text = JSON.stringify(tool, (_, part: unknown) => shown(part));
  return ToolDefinition.parse(JSON.parse(text));
}

function shown(part: unknown): unknown {
  if (typeof part === 'string') return madeVisible(part);
  if (!isMembers(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([name, member]) => [madeVisible(name), member]));
}
