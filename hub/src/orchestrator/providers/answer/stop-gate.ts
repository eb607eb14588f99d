import { begunAtEnd } from '../../../kernel/text/begun-at-end.ts';

/**
 * Ends a text before the first of some words, as `stop` of a request demands, for providers that cannot be told. What may
 * still become one of them is held.
 */
export class StopGate {
  readonly #words: readonly string[];
  #held = '';
  #isShut = false;

  constructor(words: readonly string[]) {
    this.#words = words.filter((word) => word !== '');
  }

  /** Whether one of the words came: nothing after it counts. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** What of the text so far may be told now. */
  push(text: string): string {
    if (this.#isShut) return '';
    const all = this.#held + text;
    const found = this.#words.map((word) => all.indexOf(word)).filter((at) => at >= 0);
    this.#isShut = found.length > 0;
    const free = this.#isShut ? Math.min(...found) : all.length - begunAtEnd(all, this.#words);
    this.#held = this.#isShut ? '' : all.slice(free);
    return all.slice(0, free);
  }

  /** What was held, at the end of the text. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}
