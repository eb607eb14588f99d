/** A run of an answer's text, said or thought. */
export interface SplitText {
  readonly type: 'text' | 'reasoning';
  readonly delta: string;
}

/** Between which thoughts stand, by family of models. */
const MARKS = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['[THINK]', '[/THINK]'],
] as const;

/**
 * Tells what a model thinks from what it says, where the program that runs it leaves `<think>…</think>` or the like at the
 * beginning of its text. Elsewhere in an answer these are words like others.
 */
export class ThinkingSplitter {
  #state: 'before' | 'thinking' | 'saying' = 'before';
  /** Of which it is not known yet what it is. */
  #held = '';
  /** White space beside a mark belongs to the mark. */
  #trims = false;
  /** Ends the thoughts that began. */
  #close = '';

  push(text: string): SplitText[] {
    if (this.#state === 'saying') return this.#say(text);
    this.#held += text;
    if (this.#state === 'thinking') return this.#think();
    const trimmed = this.#held.trimStart();
    const marks = MARKS.find(([open]) => trimmed.startsWith(open));
    if (marks !== undefined) {
      const [open, close] = marks;
      this.#close = close;
      this.#enter('thinking', trimmed.slice(open.length));
      return this.#think();
    }
    if (MARKS.some(([open]) => open.startsWith(trimmed))) return [];
    this.#state = 'saying';
    return this.#say(this.#release());
  }

  /** What was held back at the end of the answer. */
  end(): SplitText[] {
    const type = this.#state === 'thinking' ? 'reasoning' : 'text';
    return run(type, this.#release());
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

  #say(text: string): SplitText[] {
    return run('text', this.#trimmed(text));
  }

  #think(): SplitText[] {
    this.#held = this.#trimmed(this.#held);
    const end = this.#held.indexOf(this.#close);
    if (end >= 0) {
      const thought = run('reasoning', this.#held.slice(0, end));
      this.#enter('saying', this.#held.slice(end + this.#close.length));
      return [...thought, ...this.#say(this.#release())];
    }
    const known = this.#held.length - startOf(this.#close, this.#held);
    const thought = this.#held.slice(0, known);
    this.#held = this.#held.slice(known);
    return run('reasoning', thought);
  }

  #trimmed(text: string): string {
    if (!this.#trims) return text;
    const rest = text.trimStart();
    this.#trims = rest === '';
    return rest;
  }
}

const run = (type: SplitText['type'], delta: string): SplitText[] => (delta === '' ? [] : [{ type, delta }]);

/** How many characters at the end may be the beginning of the closing mark. */
function startOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--)
    if (mark.startsWith(text.slice(-length))) return length;
  return 0;
}
