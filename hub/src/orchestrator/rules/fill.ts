import type { JsonMembers } from '../../kernel/ports.ts';
import { plainText } from '../understanding/plain-text.ts';
import { assignFound } from './assign-found.ts';
import { assignWritten } from './assign-written.ts';
import { Filling } from './filling.ts';
import { isId, slotsOf, untellable, type Slot } from './slots.ts';
import { valuesIn, type FoundValue } from './values.ts';

/** What a sentence says of a tool's arguments. */
export interface Filled {
  readonly arguments: JsonMembers;
  /** Required slots that nothing in the sentence fills. */
  readonly missing: readonly Slot[];
  /** Required arguments that no sentence can tell. */
  readonly untellable: readonly string[];
  /** Words of the sentence that became arguments. */
  readonly usedWords: number;
}

export interface ToFill {
  readonly parameters: JsonMembers;
  /** Words of the tool's name and title: they are no values. */
  readonly toolWords: ReadonlySet<string>;
  readonly sentence: string;
  /** Of the sentence. */
  readonly values: readonly FoundValue[];
  /** It destroys something: what it is done to has to be said. */
  readonly isCareful?: boolean;
}

const ALL = /\b(?:all|every|everything|alles?|tous|toutes|tout|todos|todas|todo|tutti|tutto)\b/i;

/** Fills a tool's arguments from a sentence: what says by itself what it is first, what is left over last. */
export function fillArguments({
  parameters,
  toolWords,
  sentence,
  values,
  isCareful = false,
}: ToFill): Filled {
  const slots = slotsOf(parameters);
  const filling = new Filling({
    sentence,
    toolWords,
    slots,
    values,
    isCareful,
  });
  assignWritten(filling);
  assignFound(filling);
  filling.assignLeftOver();
  const result = filling.result();
  // Without a word on which one, a tool whose ids are all optional would take more than was meant: one is needed then.
  const isUntold = isCareful && Object.keys(result.arguments).length === 0 && !ALL.test(sentence);
  const ids = isUntold && result.missing.length === 0 ? slots.filter(isId).slice(0, 1) : [];
  const missing = [...result.missing, ...ids.map((slot) => ({ ...slot, isRequired: true }))];
  return { ...result, missing, untellable: untellable(parameters) };
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
  const parts =
    left.length === 1 && missing.length === 1
      ? [bare(answer)]
      : answer.split(/\s*(?:[,;\n]|\band\b|\bund\b)\s*/).map(bare);
  if (parts.length === left.length)
    for (const [at, slot] of left.entries()) filling.assign(slot, parts[at] ?? '');
  const { arguments: all, missing: open } = filling.result();
  return { given: all, missing: open };
}

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
