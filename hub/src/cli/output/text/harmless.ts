import { exactText } from '../../../kernel/protocol/exact-numbers.ts';

/** Characters that steer a terminal or turn the reading direction: what a model or a tool writes may hold none of them. */
const STEERING =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/gu;

/**
 * A text as it can be shown on a terminal: line ends and tabs stay, control characters become their pictures (`␛` for the one
 * that begins escape sequences). Character by character, so that a sequence over several pieces is caught too.
 */
export const harmless = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(STEERING, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
    return code === 0x7f ? '␡' : '\ufffd';
  });

// eslint-disable-next-line no-control-regex -- as `styleText` writes them
const COLOURS = /(\u001b\[[\d;]*m)/u;

/** The same of a screen that has its colours already: they are all that is left of what steers. */
export const colouredOnly = (screen: string): string =>
  screen
    .split(COLOURS)
    .map((part, at) => (at % 2 === 0 ? harmless(part) : part))
    .join('');

/** JSON that means the same, with nothing in it that steers. */
export const harmlessJson = (json: string): string =>
  json.replace(
    STEERING,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

/** The same on one line. */
export const harmlessLine = (text: string): string => harmless(text.replace(/\s+/g, ' ').trim());

/** A JSON value with all its texts so, names of members too. */
export function harmlessValue(value: unknown): unknown {
  if (typeof value === 'string') return harmless(value);
  if (Array.isArray(value)) return value.map(harmlessValue);
  return typeof value === 'object' && value !== null && exactText(value) === undefined
    ? harmlessMembers(value)
    : value;
}

/** An object with all its texts so. */
export const harmlessMembers = (members: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [harmless(name), harmlessValue(member)]),
  );
