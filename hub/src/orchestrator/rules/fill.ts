import type { JsonMembers } from '../../kernel/ports.ts';
import { plainText } from '../understanding/plain-text.ts';
import { assignFound } from './assign-found.ts';
import { assignWritten } from './assign-written.ts';
import { assignFollowing, assignRenamed } from './assign-named.ts';
import { ALL, Filling, type FillingResult } from './filling.ts';
import { isId, slotsOf, untellable, type Slot } from './slots.ts';
import { valuesIn, type FoundValue } from './sentence/values.ts';

/** What a sentence says of a tool's arguments. */
export interface Filled extends FillingResult {
  /** Required slots of these, without what is asked for to have something in a required object. */
  readonly unfilled: number;
  /** Required arguments that no sentence can tell. */
  readonly untellable: readonly string[];
}

export interface ToFill {
  readonly parameters: JsonMembers;
  /** Words of the tool's name and title: they are no values. */
  readonly toolWords: ReadonlySet<string>;
  readonly sentence: string;
  /** Of the sentence. */
  readonly values: readonly FoundValue[];
  /** What the tool is about, by its name. */
  readonly nouns?: readonly string[];
  /** Of the names of other tools that were found. */
  readonly otherWords?: ReadonlySet<string> | undefined;
  /** It destroys something: what it is done to has to be said. */
  readonly isCareful?: boolean;
}

/** Fills a tool's arguments from a sentence: what says by itself what it is first, what is left over last. */
export function fillArguments({
  parameters,
  toolWords,
  sentence,
  values,
  isCareful = false,
  otherWords,
  nouns = [],
}: ToFill): Filled {
  const slots = slotsOf(parameters);
  const filling = new Filling({
    sentence,
    toolWords,
    slots,
    values,
    isCareful,
    otherWords,
    nouns,
  });
  assignRenamed(filling);
  assignWritten(filling);
  assignFollowing(filling, nouns);
  assignFound(filling);
  filling.assignLeftOver();
  const result = filling.result();
  // Without a word on which one, a tool whose ids are all optional would take more than was meant: one is needed then.
  const isUntold = isCareful && Object.keys(result.arguments).length === 0 && !ALL.test(sentence);
  const ids = isUntold && result.missing.length === 0 ? slots.filter(isId).slice(0, 1) : [];
  const needed = [...ids, ...untoldObjects(parameters, result.arguments, slots)];
  const missing = [...result.missing, ...needed.map((slot) => ({ ...slot, isRequired: true }))];
  const unfilled = result.missing.length + ids.length;
  return { ...result, missing, unfilled, untellable: untellable(parameters) };
}

const TELLING = /^(?:name|title|text|content|message|summary|subject|description)$/;

/** Of required objects of which nothing was said and nothing has to be, the place that says most: a call without them is refused. */
function untoldObjects(parameters: JsonMembers, given: JsonMembers, slots: readonly Slot[]): readonly Slot[] {
  const { required } = parameters;
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return names.flatMap((name) => {
    const own = slots.filter(({ path }) => path[0] === name && path.length > 1);
    const isTold = typeof name !== 'string' || name in given || own.some(({ isRequired }) => isRequired);
    return isTold ? [] : (own.find(({ label }) => TELLING.test(label)) ?? own[0] ?? []);
  });
}

export interface Answered {
  readonly given: JsonMembers;
  readonly missing: readonly Slot[];
}

/** Takes an answer to a question for missing arguments: the whole of it for one, its parts in order for several. */
export function fillAnswer({ given, missing }: Answered, answer: string, today: Date): Answered {
  const filling = new Filling({
    sentence: answer,
    toolWords: new Set(),
    slots: missing,
    values: valuesIn(answer, today),
    given,
  });
  if (missing.length > 1) assignWritten(filling);
  assignFound(filling);
  const left = filling.result().missing;
  const [first] = left;
  if (missing.length === 1 && first?.values !== undefined) assignNth(filling, first, answer);
  const parts = left.length === 1 && missing.length === 1 ? [bare(answer)] : partsOf(filling.rest);
  // One word where several are missing is the first of them.
  const isFirst = parts.length === 1 && isShort(answer);
  if (parts.length === left.length || isFirst)
    for (const [at, part] of parts.entries()) {
      const slot = left[at];
      if (slot !== undefined && !isVague(part, slot)) filling.assign(slot, part);
    }
  const { arguments: all, missing: open } = filling.result();
  return { given: all, missing: open };
}

const partsOf = (text: string): string[] =>
  text.trim() === '' ? [] : text.split(/\s*(?:[,;\n]|\band\b|\bund\b)\s*/).map(bare);

const isShort = (answer: string): boolean => answer.length <= 40 && !/[?:=]/.test(answer);

const NTH = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

/** `the second one` of what the question offered. */
function assignNth(filling: Filling, slot: Slot, answer: string): void {
  const word = /^(?:the )?(\w+)(?: (?:one|of them|choice|option))?[.!]?$/.exec(plainText(answer))?.[1] ?? '';
  const at = word === 'last' ? -1 : NTH.indexOf(word);
  const choice = at < 0 && word !== 'last' ? undefined : slot.values?.at(at);
  if (choice !== undefined) filling.assign(slot, choice);
}

/** Whether an answer names nothing: a word of agreement, or one that points at what only the person sees. */
const isVague = (answer: string, { type, values }: Slot): boolean =>
  type === 'string' &&
  values === undefined &&
  /^(?:(?:yes|yeah|yep|sure|ok(?:ay)?|please(?: do)?|go ahead|do it|right|correct|true|maybe|whatever|ja|oui|si|any(?: one)?|it|this|that|these|those|(?:the )?(?:same|usual|other|default)(?: one)?|(?:this|that|the)(?: \w+)? one|(?:the )?(?:first|second|third|last|latest|newest|next)(?: one)?|(?:hm+ |well )?(?:i )?(?:do not|don't|dont) know|no idea|not sure|\?+))$/.test(
    plainText(answer).replaceAll(/[.,!]/g, '').trim(),
  );

/** An answer without what leads up to it. */
function bare(text: string): string {
  return text
    .trim()
    .replace(
      /^(?:it(?:'|’)?s|it is|that(?:'|’)?s|they are|the|use|take|please|es ist|c'est|es|für|to|in|for|at)\s+(?=\S)/i,
      '',
    )
    .replace(/^["“'`](.*)["”'`]$/s, '$1')
    .replace(/[.!]+$/, '');
}

/** Whether an answer gives up on the question. */
export const givesUp = (answer: string): boolean =>
  /^(?:never ?mind|cancel|stop|forget (?:it|that)|no|nothing|abbrechen|egal|annule|cancela|quit|exit)\b[\s.!]*$/.test(
    plainText(answer),
  );
