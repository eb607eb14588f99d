/** Levels of objects and lists that are read; deeper ones are no arguments of a tool. */
const DEEPEST = 64;

const OPENING_QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '”': '”',
  '‘': '’',
  '„': '“',
};

const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['null', null],
  ['None', null],
  ['nil', null],
  ['undefined', null],
]);

const NUMBER = /[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y;
const BARE_WORD = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
const BLANK = /(?:[\s\u00a0\ufeff]+|\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\/)+/y;
const NEXT_KEY = /\s*(?:["'“‘][^"'”’\n]{0,80}["'”’]|[\p{L}_$][\w$-]{0,80})\s*[:=]/uy;
const NEXT_CLOSING = /\s*(?:[}\])]|$)/y;
const NEXT_VALUE = /\s*(?:["'“‘[{]|-?\d|(?:true|false|null|True|False|None)\b)/y;

export interface LooseValue {
  readonly value: unknown;
  /** Behind the value. */
  readonly end: number;
}

/** What a text cannot be read as; never leaves this file. */
class Unreadable extends Error {}

/**
 * Reads one value that was meant as JSON, as models write it: with the quotes and words of Python, keys without quotes, comments,
 * commas too many or too few, line breaks and quotes inside strings, closing brackets that are missing at the end. Undefined when
 * it cannot be read, or when the text ends within a string, a number or a word: a value that may have been cut is not taken.
 */
export function readLooseJson(text: string, start = 0): LooseValue | undefined {
  return readLoosely(text, start, (reader) => reader.value(0));
}

/** As `readLooseJson`, for what consists of several values, such as a call's arguments. */
export function readLoosely(
  text: string,
  start: number,
  read: (reader: LooseReader) => unknown,
): LooseValue | undefined {
  const reader = new LooseReader(text, start);
  try {
    return { value: read(reader), end: reader.at };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** A place in a text and the values from there on; what cannot be read ends the reading. */
export class LooseReader {
  readonly #text: string;
  at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.at = start;
  }

  /** Ends the reading where no value stands. */
  fail(): never {
    throw new Unreadable();
  }

  /** The value that stands here, after blanks; `depth` levels stand around it. */
  value(depth: number): unknown {
    if (depth > DEEPEST) throw new Unreadable();
    this.blank();
    const sign = this.#text[this.at];
    if (sign === undefined) throw new Unreadable();
    if (sign === '{') return this.#object(depth);
    if (sign === '[' || sign === '(') return this.#list(depth, sign === '[' ? ']' : ')');
    if (OPENING_QUOTES[sign] !== undefined) return this.#string(OPENING_QUOTES[sign]);
    return this.#numberOrWord();
  }

  blank(): void {
    this.#take(BLANK);
  }

  /** Whether the next sign, after blanks, is this one: then it is passed. */
  passes(sign: string): boolean {
    this.blank();
    if (this.#text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  /** Whether this sign comes next, after blanks. */
  closes(sign: string): boolean {
    this.blank();
    return this.#text[this.at] === sign;
  }

  /** A name without quotes; undefined when none stands here. */
  word(): string | undefined {
    this.blank();
    return this.#take(BARE_WORD);
  }

  #object(depth: number): Record<string, unknown> {
    this.at += 1;
    const members: [string, unknown][] = [];
    while (!this.#closes('}')) {
      const key = this.#key();
      this.blank();
      const sign = this.#text[this.at];
      if (sign !== ':' && sign !== '=') throw new Unreadable();
      this.at += this.#text.startsWith('=>', this.at) ? 2 : 1;
      members.push([key, this.value(depth + 1)]);
      this.#comma('}');
    }
    return Object.fromEntries(members);
  }

  #list(depth: number, closing: string): unknown[] {
    this.at += 1;
    const items: unknown[] = [];
    while (!this.#closes(closing)) {
      items.push(this.value(depth + 1));
      this.#comma(closing);
    }
    return items;
  }

  /** Passes the closing sign; the end of the text closes everything that is open. */
  #closes(closing: string): boolean {
    while (this.passes(','));
    if (this.at >= this.#text.length) return true;
    return this.passes(closing);
  }

  /** A comma may be missing where the line or the bracket ends anyway. */
  #comma(closing: string): void {
    if (this.passes(',')) return;
    const next = this.#text[this.at];
    if (next === undefined || next === closing) return;
    if (closing === '}' && this.#fits(NEXT_KEY)) return;
    throw new Unreadable();
  }

  #key(): string {
    this.blank();
    const closing = OPENING_QUOTES[this.#text[this.at] ?? ''];
    if (closing !== undefined) return this.#string(closing, true);
    const word = this.word() ?? this.#take(NUMBER);
    if (word === undefined) throw new Unreadable();
    return word;
  }

  #string(closing: string, isKey = false): string {
    const opening = this.#text[this.at] ?? '';
    const triple = opening.repeat(3);
    if (this.#text.startsWith(triple, this.at) && opening !== '`') return this.#tripled(triple);
    this.at += 1;
    let value = '';
    for (;;) {
      const sign = this.#text[this.at];
      if (sign === undefined) throw new Unreadable();
      this.at += 1;
      if (sign === '\\') value += this.#escape();
      else if (sign === closing && this.#endsString(isKey)) return value;
      else value += sign;
    }
  }

  #tripled(quotes: string): string {
    const end = this.#text.indexOf(quotes, this.at + 3);
    if (end < 0) throw new Unreadable();
    const value = this.#text.slice(this.at + 3, end);
    this.at = end + 3;
    return value;
  }

  /** A quote inside a string is told from the one that ends it by what comes after it. */
  #endsString(isKey: boolean): boolean {
    const start = this.at;
    this.blank();
    const next = this.#text[this.at];
    const ends = this.#mayFollow(next, isKey, this.at > start);
    this.at = start;
    return ends;
  }

  #mayFollow(next: string | undefined, isKey: boolean, isApart: boolean): boolean {
    if (next === undefined) return true;
    if (isKey) return next === ':' || next === '=';
    if (next === '}' || next === ']' || next === ')') return true;
    if (next === ':') return false;
    if (next === ',') {
      this.at += 1;
      this.blank();
      return this.#fits(NEXT_KEY) || this.#fits(NEXT_CLOSING) || this.#fits(NEXT_VALUE);
    }
    return isApart && this.#fits(NEXT_KEY);
  }

  #escape(): string {
    const sign = this.#text[this.at];
    if (sign === undefined) throw new Unreadable();
    this.at += 1;
    if (sign === 'u') {
      const code = /^[\da-fA-F]{4}/.exec(this.#text.slice(this.at, this.at + 4))?.[0];
      if (code === undefined) throw new Unreadable();
      this.at += 4;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    return ESCAPED[sign] ?? (/[\p{L}\p{N}]/u.test(sign) ? `\\${sign}` : sign);
  }

  #numberOrWord(): unknown {
    const number = this.#take(NUMBER);
    if (number !== undefined) {
      if (this.at >= this.#text.length) throw new Unreadable();
      const value = Number(number.replaceAll('_', ''));
      // An id of many digits is better a text than another number.
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? number : value;
    }
    const word = this.#take(BARE_WORD);
    if (word === undefined || !WORDS.has(word) || this.at >= this.#text.length) throw new Unreadable();
    return WORDS.get(word);
  }

  #fits(expression: RegExp): boolean {
    expression.lastIndex = this.at;
    return expression.test(this.#text);
  }

  #take(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.#text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
