import type { RoutingConfig } from '@counterpart/schemas';
import { compileMarks, type Mark, scanMarks } from './scan-marks.ts';
import {
  CARD,
  HOST,
  IBAN,
  IDENTITY,
  isIban,
  MAILBOX,
  MARKS,
  NAMED_SECRET,
  passesLuhn,
  SECRET,
} from './sensitive-shapes.ts';

type Kind = RoutingConfig['sensitive']['kinds'][number];

/** What is looked for, ready to run. */
export interface Sensitivity {
  readonly kinds: ReadonlySet<Kind>;
  readonly patterns: readonly (readonly [name: string, pattern: RegExp])[];
}

/** Compiles what the configuration looks for; undefined: nothing is. */
export function compileSensitivity({
  rule,
  kinds,
  patterns,
}: RoutingConfig['sensitive']): Sensitivity | undefined {
  if (rule === 'ignore') return undefined;
  const own = Object.entries(patterns).map(([name, source]) => [name, new RegExp(source, 'iu')] as const);
  return { kinds: new Set(kinds), patterns: own };
}

/**
 * What sensitive things are said anywhere, by name; the first found of each is enough. All is read, however long: what is
 * missed would leave the machine. One pass looks at each character once, and at a bounded piece where something may begin.
 */
export function findSensitive(texts: readonly string[], { kinds, patterns }: Sensitivity): string[] {
  const found = new Set<Kind>();
  for (const text of texts) if (found.size < ALL_KINDS) new SensitiveScan(text, found).run();
  return [
    ...[...kinds].filter((kind) => found.has(kind)),
    ...patterns.filter(([, pattern]) => texts.some((text) => pattern.test(text))).map(([name]) => name),
  ];
}

const ALL_KINDS = 6;
const COMPILED = compileMarks(MARKS);

/** So many different addresses are a list of people. */
const ADDRESSES_OF_A_LIST = 3;
/** The same few addresses, again and again, are no list: it would have shown by then. */
const MOST_ADDRESSES = 500;
/** Characters before and after an `@` that are looked at. */
const BEFORE = 70;
const AFTER = 240;
/** Between whose it is and the illness, in one sentence. */
const OF_WHOM = 40;
const SENTENCE_END = /[.?!\n]/;
const LETTER = /\p{L}/u;
const WORD = /\w/;
const CAPITALS = /[A-Z]/g;
const [HYPHEN, DOT, TWO, SIX] = [45, 46, 50, 54];
/** `NaN`, before the beginning, is none. */
const isCapital = (code: number): boolean => code >= 65 && code <= 90;

/** One text, read once. */
class SensitiveScan {
  readonly #text: string;
  readonly #lower: string;
  readonly #found: Set<Kind>;
  readonly #addresses = new Set<string>();
  #looked = 0;
  /** Behind the last word that says whose something is. */
  #whose = -Infinity;
  /** Digits before were part of what has been looked at. */
  #cardFrom = 0;

  constructor(text: string, found: Set<Kind>) {
    this.#text = text;
    const lower = text.toLowerCase();
    // A few letters are longer in lower case: places must be the same in both.
    this.#lower =
      lower.length === text.length ? lower : text.replace(CAPITALS, (letter) => letter.toLowerCase());
    this.#found = found;
  }

  run(): void {
    scanMarks(this.#lower, COMPILED, {
      mark: (mark, at) => this.#mark(mark, at),
      digits: (at) => this.#digits(at),
      mailbox: (at) => this.#mailbox(at),
    });
  }

  #mark({ kind, text }: Mark<keyof typeof MARKS>, at: number): void {
    switch (kind) {
      case 'token':
        if (this.#holds(SECRET, at)) this.#found.add('secret');
        return;
      case 'named':
        if (holds(NAMED_SECRET, this.#lower, at)) this.#found.add('secret');
        return;
      case 'record':
        this.#found.add('health');
        return;
      case 'whose':
        if (!this.#isAfter(LETTER, at)) this.#whose = at + text.length;
        return;
      case 'illness':
        if (this.#isSomebodys(at)) this.#found.add('health');
        return;
      case 'shortIllness':
        if (this.#isAfter(WORD, at) || WORD.test(this.#lower.charAt(at + text.length))) return;
        if (this.#isSomebodys(at)) this.#found.add('health');
    }
  }

  #isSomebodys(at: number): boolean {
    const between = at - this.#whose;
    return between >= 0 && between <= OF_WHOM && !SENTENCE_END.test(this.#lower.slice(this.#whose, at));
  }

  /** Characters by their codes first: a log has thousands of numbers, and patterns are slow beside them. */
  #digits(at: number): void {
    const text = this.#text;
    const before = text.charCodeAt(at - 1);
    const first = text.charCodeAt(at);
    if (first >= TWO && first <= SIX && before !== DOT && at >= this.#cardFrom) this.#card(at);
    if (text.charCodeAt(at + 3) === HYPHEN && !this.#isAfter(WORD, at) && this.#holds(IDENTITY, at))
      this.#found.add('identity');
    const start = at - 2;
    if (!isCapital(before) || !isCapital(text.charCodeAt(start)) || this.#isAfter(WORD, start)) return;
    const [iban] = matchAt(IBAN, text, start);
    if (iban !== undefined && isIban(iban)) this.#found.add('iban');
  }

  #card(at: number): void {
    const [card] = matchAt(CARD, this.#text, at);
    if (card === undefined) return;
    this.#cardFrom = at + card.length;
    if (passesLuhn(card)) this.#found.add('card');
  }

  #mailbox(at: number): void {
    this.#looked += 1;
    if (this.#found.has('addresses') || this.#looked > MOST_ADDRESSES) return;
    const mailbox = MAILBOX.exec(this.#text.slice(Math.max(0, at - BEFORE), at));
    const host = mailbox && HOST.exec(this.#text.slice(at + 1, at + AFTER));
    if (host) this.#addresses.add(`${mailbox[0]}@${host[0]}`.toLowerCase());
    if (this.#addresses.size >= ADDRESSES_OF_A_LIST) this.#found.add('addresses');
  }

  #holds(pattern: RegExp, at: number): boolean {
    return holds(pattern, this.#text, at);
  }

  #isAfter(pattern: RegExp, at: number): boolean {
    return at > 0 && pattern.test(this.#lower.charAt(at - 1));
  }
}

/** What a sticky pattern matches exactly there. */
function matchAt(pattern: RegExp, text: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

function holds(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
