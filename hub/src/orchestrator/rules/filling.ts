import type { Json } from '@counterpart/schemas';
import { hasFraction, wholeNumber } from '@counterpart/schemas/exact-json';
import type { JsonMembers } from '../../kernel/ports.ts';
import { allWords, contentWords, root } from './sentence/words.ts';
import { isId, objectsOf, valueAt, withValue, type Slot } from './slots.ts';
import { predicateOf } from './sentence/question.ts';
import { blanked, type FoundValue } from './sentence/values.ts';

export interface FillingStart {
  readonly sentence: string;
  readonly toolWords: ReadonlySet<string>;
  readonly slots: readonly Slot[];
  /** What the tool is about, by its name. */
  readonly nouns?: readonly string[] | undefined;
  readonly values: readonly FoundValue[];
  readonly given?: JsonMembers;
  /** Words of other tools' names: what they name is no name of something else. */
  readonly otherWords?: ReadonlySet<string> | undefined;
  /** What is done cannot be undone: no word that happens to be left over tells what it is done to. */
  readonly isCareful?: boolean;
}

export interface FillingResult {
  readonly arguments: JsonMembers;
  /** What has to be asked for. */
  readonly missing: readonly Slot[];
  /** Words of the sentence that became arguments. */
  readonly usedWords: number;
  /** Ids in the sentence that no argument takes. */
  readonly unusedIds: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Everything is meant, not one thing. */
export const ALL = /\b(?:all|every|everything|alles?|tous|toutes|tout|todos|todas|todo|tutti|tutte|tutto)\b/i;

const ASKED = /^(?:which|what|whose|welche[rsnm]?|quel(?:le)?s?|que|cual(?:es)?)$/;

/** Words that point at something instead of naming it. */
const POINTING =
  /^(?:latest|last|newest|first|new|current|recent|still|yet|already|anyone|anybody|someone|somebody|everyone|everybody|nobody|next|previous|that|this|it|one|mine|same|other|details?|info|information|data|about|stuff|thing|something|everything|anything|all|alle[ns]?|tous|toutes|todos|todas|tutti|tutte|upcoming|available|existing|special|today|tomorrow|id|number|name|person|people|items?|entry|entries|records?|lines?|rows?|results?|left|remaining|please|thanks|detail|sort|sorted|ordered|grouped|permanently|immediately|completely|entirely|forever|really|finally|quickly|carefully|endgultig|sofort|definitivement|permanentemente)$/;

/** A path is one as well: `/etc/hosts`, `notes/todo.md`. */
const WORD = /(?:(?<![^\s("'])(?:~|\.{1,2})?\/)?[\p{L}\p{N}][\p{L}\p{N}.'’_/-]*/gu;
const PATH = /^[~.]{0,2}\/|\/.*\.\w/;
const TAKES_PATHS =
  /\b(?:paths?|files?|filename|dir|director(?:y|ies)|folders?|location|key|route|endpoint|image|branch)\b/i;

/** Words of a name that is taken from what is left over. */
const LONGEST_REST = 4;

/** Arguments as they grow: a slot is filled once, and a word of the sentence is used once. */
export class Filling {
  readonly sentence: string;
  readonly toolWords: ReadonlySet<string>;
  readonly slots: readonly Slot[];
  readonly #values: readonly FoundValue[];
  readonly #isCareful: boolean;
  readonly #otherWords: ReadonlySet<string>;
  readonly #used: Span[] = [];
  readonly #nouns: readonly string[];
  /** The words of the sentence, a blank around each. */
  readonly #said: string;
  readonly #predicate: string | undefined;
  #given: JsonMembers;

  constructor({
    sentence,
    toolWords,
    slots,
    values,
    given = {},
    isCareful = false,
    otherWords = new Set(),
    nouns = [],
  }: FillingStart) {
    this.sentence = sentence;
    this.toolWords = toolWords;
    this.slots = slots;
    this.#values = values;
    this.#isCareful = isCareful;
    this.#otherWords = otherWords;
    this.#given = given;
    this.#nouns = nouns;
    this.#predicate = predicateOf(sentence);
    this.#said = ` ${allWords(sentence).map(root).join(' ')} `;
  }

  /** Whether the sentence has these words side by side, in any of their forms. */
  says(words: string): boolean {
    return this.#said.includes(` ${allWords(words).map(root).join(' ')} `);
  }

  /** Whether several of a thing are meant and not one of them: `the containers`, `all containers`. */
  speaksOfMany(object: string): boolean {
    const words = allWords(this.sentence);
    // What is asked for has no name: `which container is running`.
    if (words.some((word, at) => root(word) === root(object) && ASKED.test(words[at - 1] ?? ''))) return true;
    const forms = words.filter((word) => root(word) === root(object));
    if (forms.length === 0) return false;
    return ALL.test(this.sentence) || forms.every((word) => word !== root(word));
  }

  /** Whether a slot is to tell one of many of which the sentence speaks: no word that is left over does that. */
  isOneOfMany(slot: Slot): boolean {
    return objectsOf(slot, this.#nouns).some((object) => this.speaksOfMany(object));
  }

  /** Slots without a value, required ones first. */
  get open(): readonly Slot[] {
    return this.slots
      .filter(({ path }) => valueAt(this.#given, path) === undefined)
      .toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired) || a.path.length - b.path.length);
  }

  /** Values that are not used yet. */
  get values(): readonly FoundValue[] {
    return this.#values.filter((value) => this.isFree(value));
  }

  /** The sentence without what was used of it. */
  get rest(): string {
    return blanked(this.sentence, this.#used).replace(/^[\s,;]+|[\s,;]+$/g, '');
  }

  isFree({ start, end }: Span): boolean {
    return this.#used.every((span) => end <= span.start || start >= span.end);
  }

  use(span: Span): void {
    this.#used.push(span);
  }

  /** Gives a slot its value; false where the text is no such value. */
  assign(slot: Slot, text: string, span?: Span): boolean {
    const value = typedValue(slot, text);
    if (value === undefined) return false;
    this.#given = withValue(this.#given, slot.path, slot.isList ? [value] : value);
    if (span) this.use(span);
    return true;
  }

  /** The last required text, when there is only one, is what is left of the sentence. */
  assignLeftOver(): void {
    const [slot, ...others] = this.open.filter(({ isRequired }) => isRequired);
    if (!slot || others.length > 0 || slot.type !== 'string' || slot.values || !takesAnyText(slot)) return;
    if (this.isOneOfMany(slot)) return;
    const rest = this.#leftOver(slot);
    const isMarked = this.#isCareful ? isId(slot) : / (?:id|sid|key|uuid|hash)$/.test(slot.label);
    if (rest === undefined || (isMarked && !/\d/.test(rest.text))) return;
    if (/^\d+$/.test(rest.text) && !isId(slot)) return;
    if (PATH.test(rest.text) && !TAKES_PATHS.test(`${slot.label} ${slot.description}`)) return;
    this.assign(slot, rest.text, rest);
  }

  #leftOver(slot: Slot): (Span & { readonly text: string }) | undefined {
    const words = [...this.sentence.matchAll(WORD)].map((match) => ({
      text: match[0].replace(/[.'’/]+$/, ''),
      start: match.index,
      end: match.index + match[0].replace(/[.'’/]+$/, '').length,
    }));
    const others = this.#values.filter(
      (value) => /^(?:count|day|time|money)$/.test(value.kind) || this.isOfOther(slot, value),
    );
    const left = words.filter(
      (word) =>
        this.isFree(word) &&
        this.isName(word.text) &&
        !this.#isLabel(word.text) &&
        !this.#isCounted(word) &&
        others.every(({ start, end }) => word.end <= start || word.start >= end),
    );
    const [first] = left;
    const last = left.at(-1);
    if (!first || !last || left.length > LONGEST_REST) return undefined;
    // Only words side by side are one name.
    const between = words.filter(({ start, end }) => start >= first.start && end <= last.end);
    if (between.length !== left.length) return undefined;
    return { text: this.sentence.slice(first.start, last.end), start: first.start, end: last.end };
  }

  /** Whether a value is no `file key` but of what a tool is about: `comment 5`, unless the slot says that it takes that. */
  isOfOther({ label, description }: Slot, { kind, before }: FoundValue): boolean {
    const object = root(before);
    return (
      /^(?:number|id|uuid)$/.test(kind) &&
      label.includes(' ') &&
      this.#nouns.includes(object) &&
      !allWords(label).some((word) => root(word) === object) &&
      !tellsOne(object).test(description)
    );
  }

  /** Whether a word is the name of an argument, whose value may stand behind it. */
  #isLabel(word: string): boolean {
    return this.slots.some(({ label }) => root(label) === root(word.toLowerCase()));
  }

  /** Whether a word says of what a number is: `4 replicas`. */
  #isCounted({ start, text }: Span & { readonly text: string }): boolean {
    const isBehind = (value: FoundValue): boolean =>
      /^(?:number|count)$/.test(value.kind) &&
      this.sentence.slice(value.end, start).trim() === '' &&
      value.end < start;
    return root(text) !== text && this.#values.some(isBehind);
  }

  /** Whether a word may be a name: it says nothing else. */
  isName(word: string): boolean {
    if (PATH.test(word)) return true;
    const plain = allWords(word);
    return (
      contentWords(word).length > 0 &&
      word !== this.#predicate &&
      plain.every(
        (part) =>
          !this.toolWords.has(root(part)) && !this.#otherWords.has(root(part)) && !POINTING.test(part),
      )
    );
  }

  result(): FillingResult {
    const usedWords = this.#used.reduce(
      (sum, { start, end }) => sum + contentWords(this.sentence.slice(start, end)).length,
      0,
    );
    return {
      arguments: this.#given,
      missing: this.open.filter(({ isRequired }) => isRequired),
      usedWords,
      unusedIds: this.values.filter(({ kind }) => kind === 'id' || kind === 'uuid').length,
    };
  }
}

/** `ID of the comment`, `comment identifier`. */
const tellsOne = (object: string): RegExp =>
  new RegExp(
    `\\b(?:id|identifier|key|number|name)\\b.{0,12}\\b(?:of|for) (?:the |an? )?${object}|\\b${object} (?:id|identifier|key|number)\\b`,
    'i',
  );

const takesAnyText = ({ format, label }: Slot): boolean =>
  (format === undefined || format === 'string') && !/\b(?:urls?|uris?|e ?mails?)$/.test(label);

function typedValue({ type, values, format }: Slot, text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (type === 'boolean') return booleanOf(trimmed);
  if (type !== 'string') {
    if (/^-?\d+$/.test(trimmed)) return wholeNumber(trimmed);
    const number = Number(trimmed);
    return Number.isFinite(number) &&
      (type === 'number' || (Number.isInteger(number) && !hasFraction(trimmed)))
      ? number
      : undefined;
  }
  if (values) return values.find((value) => sameWords(value, trimmed));
  return fitsFormat(format, trimmed) ? trimmed : undefined;
}

function booleanOf(text: string): boolean | undefined {
  if (/^(?:true|yes|y|on|ja|oui|si|sí)$/i.test(text)) return true;
  return /^(?:false|no|n|off|nein|non)$/i.test(text) ? false : undefined;
}

const sameWords = (a: string, b: string): boolean =>
  allWords(a).map(root).join(' ') === allWords(b).map(root).join(' ');

function fitsFormat(format: string | undefined, text: string): boolean {
  if (format === 'uuid') return /^[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}$/i.test(text);
  if (format === 'email') return /^\S+@\S+\.\S+$/.test(text);
  if (format === 'date') return /^\d{4}-\d\d-\d\d$/.test(text);
  if (format === 'date-time') return /^\d{4}-\d\d-\d\dT/.test(text);
  if (format === 'uri' || format === 'url') return /^\w+:\/\//.test(text);
  return true;
}
