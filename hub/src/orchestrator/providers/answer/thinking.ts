import { begunAtEnd } from '../../../kernel/text/begun-at-end.ts';
import { HARMONY_BEGINNINGS, HarmonyReader, type MarkedPiece } from './harmony.ts';

/**
 * Whether the answers of a model begin with thoughts, without a mark that says so: `always`, and they are told as they come;
 * `perhaps`, and nothing is told before it is known which it is, so that nothing is told twice.
 */
export type Beginning = 'never' | 'perhaps' | 'always';

/** What is known of how a model thinks, and who is told more of it. */
export interface ThinkingHabits {
  readonly beginning: Beginning;
  /** Told whether an answer began with thoughts, of those that could have. */
  readonly learn: (hasThought: boolean) => void;
}

/** Between which thoughts stand, by family of models. */
const MARKS = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['[THINK]', '[/THINK]'],
] as const;

/** Templates that begin the thoughts in the question leave the answer with this mark alone. */
const LONE_CLOSE = '</think>';
const BEGINNINGS: readonly string[] = [...MARKS.map(([open]) => open), ...HARMONY_BEGINNINGS];
const QUOTED = /["'`“‘]$/;
/** Characters of what was said that tell whether a mark behind them is spoken of. */
const LOOK_BACK = 16;

/**
 * Tells what a model thinks from what it says, where the program that runs it leaves `<think>…</think>` or the like at the
 * beginning of its text, the end of it alone, or the marks of gpt-oss. Elsewhere in an answer these are words like others.
 */
export class ThinkingSplitter {
  readonly #habits: ThinkingHabits;
  readonly #isWhole: boolean;
  #state: 'before' | 'waiting' | 'thinking' | 'saying' = 'before';
  #harmony: HarmonyReader | undefined;
  /** Of which it is not known yet what it is. */
  #held = '';
  /** All that came since the beginning, which is thoughts if a lone mark follows. */
  #waiting: string[] = [];
  /** White space beside a mark belongs to the mark. */
  #trims = false;
  /** Ends the thoughts that began. */
  #close = '';
  /** What was taken for thoughts by habit only. */
  #guessed: string | undefined;
  /** What was said last. */
  #last = '';
  /** Whether a lone mark may still come. */
  #mayClose = true;

  /** `isWhole`: nobody reads the answer before its end, so that a lone mark is waited for in every one. */
  constructor(habits: ThinkingHabits, isWhole = false) {
    this.#habits = habits;
    this.#isWhole = isWhole;
  }

  push(text: string): MarkedPiece[] {
    if (this.#harmony !== undefined) return this.#harmony.push(text);
    if (this.#state === 'saying') return this.#say(text);
    if (this.#state === 'waiting') return this.#wait(text);
    this.#held += text;
    return this.#state === 'thinking' ? this.#think() : this.#begin();
  }

  /** Whether words came that are told later. */
  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Thoughts come beside the text: it holds none. */
  toldElsewhere(): void {
    this.#mayClose = false;
  }

  /** What was held back at the end of the answer; `isCut`: more was to come. */
  end(isCut: boolean): MarkedPiece[] {
    if (this.#harmony !== undefined) return this.#harmony.end();
    if (this.#state === 'waiting') return this.#waitedInVain(isCut);
    const type = this.#state === 'thinking' ? 'reasoning' : 'text';
    const rest = run(type, this.#release());
    if (this.#guessed === undefined || isCut) return rest;
    // It did not think this time: what was shown as thoughts is the answer.
    this.#habits.learn(false);
    return [...rest, ...run('text', this.#guessed)];
  }

  #begin(): MarkedPiece[] {
    const trimmed = this.#held.trimStart();
    const marks = MARKS.find(([open]) => trimmed.startsWith(open));
    if (marks !== undefined) {
      const [open, close] = marks;
      this.#close = close;
      this.#mayClose = false;
      this.#enter('thinking', trimmed.slice(open.length));
      return this.#think();
    }
    if (HARMONY_BEGINNINGS.some((mark) => trimmed.startsWith(mark))) {
      this.#harmony = new HarmonyReader();
      return this.#harmony.push(trimmed);
    }
    if (BEGINNINGS.some((mark) => mark.startsWith(trimmed))) return [];
    if (this.#mayClose && (this.#habits.beginning === 'always' || isClosed(trimmed))) {
      this.#close = LONE_CLOSE;
      this.#guessed = '';
      this.#enter('thinking', this.#held);
      return this.#think();
    }
    if (this.#mayClose && (this.#habits.beginning === 'perhaps' || this.#isWhole)) {
      this.#state = 'waiting';
      return this.#wait(this.#release());
    }
    this.#state = 'saying';
    return this.#say(this.#release());
  }

  #wait(text: string): MarkedPiece[] {
    const from = this.#last.length;
    const seen = this.#last + text;
    const end = seen.indexOf(LONE_CLOSE);
    this.#waiting.push(text);
    this.#last = seen.slice(-LOOK_BACK);
    const before = end < 0 ? seen : seen.slice(0, end);
    if (!this.#mayClose || isSpokenOf(before, end >= 0)) {
      this.#mayClose = false;
      return run('text', this.#waited());
    }
    if (end < 0) return [];
    const all = this.#waited();
    const thoughts = all.slice(0, all.length - text.length - from + end);
    this.#mayClose = false;
    this.#habits.learn(true);
    this.#enter('saying', '');
    return [...run('reasoning', thoughts.trimStart()), ...this.#say(seen.slice(end + LONE_CLOSE.length))];
  }

  /** Of a model that was seen to think, an answer that was cut off had not come further than its thoughts. */
  #waitedInVain(isCut: boolean): MarkedPiece[] {
    const mayThink = this.#habits.beginning === 'perhaps' && this.#mayClose;
    if (mayThink && isCut) return run('reasoning', this.#waited());
    if (mayThink) this.#habits.learn(false);
    return run('text', this.#waited());
  }

  #waited(): string {
    const all = this.#waiting.join('');
    this.#waiting = [];
    this.#state = 'saying';
    return all;
  }

  #enter(state: 'thinking' | 'saying', held: string): void {
    this.#state = state;
    this.#held = held;
    this.#trims = true;
  }

  #release(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #say(text: string): MarkedPiece[] {
    const told = this.#trimmed(text);
    if (!this.#mayClose) return run('text', told);
    return this.#held === '' && !told.includes('<')
      ? this.#remember(told)
      : this.#sayToClose(this.#release() + told);
  }

  #remember(text: string): MarkedPiece[] {
    this.#last = (this.#last + text).slice(-LOOK_BACK);
    return run('text', text);
  }

  /** What came before a lone mark was shown already, and was thought: from the next answer on this is known. */
  #sayToClose(text: string): MarkedPiece[] {
    const end = text.indexOf(LONE_CLOSE);
    const before = end < 0 ? text : text.slice(0, end);
    if (isSpokenOf(this.#last + before, end >= 0)) {
      this.#mayClose = false;
      return run('text', text);
    }
    if (end < 0) {
      const free = text.length - begunAtEnd(text, [LONE_CLOSE]);
      this.#held = text.slice(free);
      return this.#remember(text.slice(0, free));
    }
    this.#mayClose = false;
    this.#habits.learn(true);
    this.#enter('saying', '');
    const gap = (this.#last + before).endsWith('\n') ? '\n' : '\n\n';
    return [...run('text', before + gap), ...this.#say(text.slice(end + LONE_CLOSE.length))];
  }

  #think(): MarkedPiece[] {
    this.#held = this.#trimmed(this.#held);
    const end = this.#held.indexOf(this.#close);
    if (end >= 0) {
      const thought = this.#thought(this.#held.slice(0, end));
      if (this.#guessed !== undefined) this.#habits.learn(true);
      this.#guessed = undefined;
      this.#mayClose = false;
      this.#enter('saying', this.#held.slice(end + this.#close.length));
      return [...thought, ...this.#say(this.#release())];
    }
    const known = this.#held.length - begunAtEnd(this.#held, [this.#close]);
    const thought = this.#held.slice(0, known);
    this.#held = this.#held.slice(known);
    return this.#thought(thought);
  }

  #thought(text: string): MarkedPiece[] {
    if (this.#guessed !== undefined) this.#guessed += text;
    return run('reasoning', text);
  }

  #trimmed(text: string): string {
    if (!this.#trims) return text;
    const rest = text.trimStart();
    this.#trims = rest === '';
    return rest;
  }
}

const run = (type: 'text' | 'reasoning', delta: string): MarkedPiece[] =>
  delta === '' ? [] : [{ type, delta }];

/** Whether thoughts end in this text that began before it. */
function isClosed(text: string): boolean {
  const end = text.indexOf(LONE_CLOSE);
  return end >= 0 && !isSpokenOf(text.slice(0, end), true);
}

/** Whether marks are words here: an opening one was written, or the closing one stands behind this in quotes. */
const isSpokenOf = (before: string, isClosing: boolean): boolean =>
  before.includes('<think') || (isClosing && QUOTED.test(before));
