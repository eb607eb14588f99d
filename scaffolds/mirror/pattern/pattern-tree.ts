/** A regular expression as what it can write. Anchors, look-around and back-references write nothing. */
export type PatternNode =
  | { readonly kind: 'characters'; readonly characters: string }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number };

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const LETTERS = LOWER + UPPER;
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
const WORD = `${LETTERS}${DIGITS}_`;
const MAX_CLASS = 256;
const MAX_DEPTH = 100;
const NOTHING: PatternNode = { kind: 'sequence', parts: [] };
const UNBOUNDED = Number.POSITIVE_INFINITY;

const ESCAPED_CLASSES: Readonly<Record<string, string>> = {
  d: DIGITS,
  D: `${LETTERS}_`,
  w: WORD,
  W: ' -.',
  s: ' ',
  S: LETTERS + DIGITS,
};
const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

interface Cursor {
  readonly source: string;
  at: number;
  depth: number;
}

function take(cursor: Cursor, text: string): boolean {
  if (!cursor.source.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

function takeMatch(cursor: Cursor, expression: RegExp): RegExpExecArray | undefined {
  const found = expression.exec(cursor.source.slice(cursor.at, cursor.at + 64));
  if (found) cursor.at += found[0].length;
  return found ?? undefined;
}

function without(characters: string): string {
  const kept = Array.from(LETTERS + DIGITS).filter((character) => !characters.includes(character));
  return kept.length > 0
    ? kept.join('')
    : Array.from(PRINTABLE)
        .filter((character) => !characters.includes(character))
        .join('');
}

function propertyCharacters(name: string): string {
  if (/^(?:N|Nd|Number|Decimal_Number)$/.test(name)) return DIGITS;
  if (/^(?:Lu|Uppercase.*)$/.test(name)) return UPPER;
  if (/^(?:Z|Zs|Separator|Space.*)$/.test(name)) return ' ';
  if (/^(?:P|Punctuation|Pd)$/.test(name)) return '-';
  return LOWER;
}

/** What stands after a backslash; an empty text for assertions and back-references. */
function escape(cursor: Cursor): string {
  const property = takeMatch(cursor, /^([pP])\{(?:[^}=]*=)?([^}]*)\}/);
  if (property)
    return property[1] === 'P'
      ? without(propertyCharacters(property[2] ?? ''))
      : propertyCharacters(property[2] ?? '');
  const code = takeMatch(cursor, /^(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/);
  if (code)
    return String.fromCodePoint(
      Math.min(0x10ffff, Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16)),
    );
  if (takeMatch(cursor, /^(?:[bBAzZ]|[1-9]\d*|k<[^>]*>)/)) return '';
  if (takeMatch(cursor, /^c[A-Za-z]/)) return '\u0001';
  const character = cursor.source[cursor.at] ?? '\\';
  cursor.at += 1;
  return ESCAPED_CLASSES[character] ?? CONTROL[character] ?? character;
}

function classMember(cursor: Cursor): string {
  if (take(cursor, '\\')) return takeMatch(cursor, /^b/) ? '\b' : escape(cursor);
  const character = String.fromCodePoint(cursor.source.codePointAt(cursor.at) ?? 0);
  cursor.at += character.length;
  return character;
}

function range(from: string, to: string): string {
  const start = from.codePointAt(0) ?? 0;
  const end = Math.min(to.codePointAt(0) ?? 0, start + MAX_CLASS);
  const all = Array.from({ length: Math.max(0, end - start + 1) }, (_, index) =>
    String.fromCodePoint(start + index),
  );
  const printable = all.filter((character) => PRINTABLE.includes(character));
  return (
    printable.length > 0 ? printable : all.filter((character) => !/[\uD800-\uDFFF]/.test(character))
  ).join('');
}

function characterClass(cursor: Cursor): PatternNode {
  const negated = take(cursor, '^');
  let characters = '';
  while (cursor.at < cursor.source.length && cursor.source[cursor.at] !== ']') {
    const from = classMember(cursor);
    const isRange =
      cursor.source[cursor.at] === '-' &&
      cursor.source[cursor.at + 1] !== ']' &&
      Array.from(from).length === 1;
    if (isRange) cursor.at += 1;
    characters += isRange ? range(from, classMember(cursor)) : from;
  }
  take(cursor, ']');
  return { kind: 'characters', characters: preferPlain(negated ? without(characters) : characters) };
}

/** Letters and digits are the safest choice of a class wherever text travels. */
function preferPlain(characters: string): string {
  const plain = Array.from(characters).filter((character) => WORD.includes(character) && character !== '_');
  return plain.length > 0 ? plain.join('') : characters;
}

function group(cursor: Cursor): PatternNode {
  const lookAround = takeMatch(cursor, /^\?<?[=!]/);
  takeMatch(cursor, /^\?(?:[:>]|<[^>]*>|[a-z-]*:)/);
  const inner = choice(cursor);
  take(cursor, ')');
  return lookAround ? NOTHING : inner;
}

function atom(cursor: Cursor): PatternNode {
  if (take(cursor, '(')) return group(cursor);
  if (take(cursor, '[')) return characterClass(cursor);
  if (take(cursor, '\\')) {
    const characters = escape(cursor);
    return characters === '' ? NOTHING : { kind: 'characters', characters };
  }
  if (take(cursor, '.')) return { kind: 'characters', characters: LOWER + DIGITS };
  if (take(cursor, '^') || take(cursor, '$')) return NOTHING;
  const character = String.fromCodePoint(cursor.source.codePointAt(cursor.at) ?? 0);
  cursor.at += character.length;
  return { kind: 'characters', characters: character };
}

function quantified(cursor: Cursor): PatternNode {
  const node = atom(cursor);
  const found = takeMatch(cursor, /^(?:([*+?])|\{(\d+)(,?)(\d*)\})[?+]?/);
  if (!found) return node;
  const [, sign, least, comma, most] = found;
  if (sign !== undefined)
    return { kind: 'repeat', node, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : UNBOUNDED };
  const min = Number(least);
  return { kind: 'repeat', node, min, max: most ? Number(most) : comma ? UNBOUNDED : min };
}

function sequence(cursor: Cursor): PatternNode {
  const parts: PatternNode[] = [];
  while (
    cursor.at < cursor.source.length &&
    cursor.source[cursor.at] !== '|' &&
    cursor.source[cursor.at] !== ')'
  ) {
    parts.push(quantified(cursor));
  }
  return { kind: 'sequence', parts };
}

function choice(cursor: Cursor): PatternNode {
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) {
    cursor.at = cursor.source.length;
    return NOTHING;
  }
  const options = [sequence(cursor)];
  while (take(cursor, '|')) options.push(sequence(cursor));
  cursor.depth -= 1;
  return options.length === 1 ? (options[0] ?? NOTHING) : { kind: 'choice', options };
}

/** Reads a pattern's source; undefined when it is longer than 4,000 characters. Never throws. */
export function parsePattern(source: string): PatternNode | undefined {
  if (source.length > 4_000) return undefined;
  const cursor: Cursor = { source, at: 0, depth: 0 };
  const parts: PatternNode[] = [];
  while (cursor.at < source.length) {
    parts.push(choice(cursor));
    // A bracket too many ends a choice early.
    if (cursor.source[cursor.at] === ')') cursor.at += 1;
  }
  return { kind: 'sequence', parts };
}
