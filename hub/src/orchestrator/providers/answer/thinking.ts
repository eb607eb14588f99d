/** A run of an answer's text, said or thought. */
export interface SplitText {
  readonly type: 'text' | 'reasoning';
  readonly delta: string;
}

const OPEN = '<think>';
const CLOSE = '</think>';

/**
 * Tells what a model thinks from what it says, where the program that runs it leaves `<think>…</think>` at the beginning of
 * its text. Elsewhere in an answer these are words like others.
 */
export class ThinkingSplitter {
  #state: 'before' | 'thinking' | 'saying' = 'before';
  /** Of which it is not known yet what it is. */
  #held = '';

  push(text: string): SplitText[] {
    if (this.#state === 'saying') return said(text);
    this.#held += text;
    if (this.#state === 'before') {
      const trimmed = this.#held.trimStart();
      if (trimmed.startsWith(OPEN)) {
        this.#state = 'thinking';
        this.#held = trimmed.slice(OPEN.length).replace(/^\n/, '');
      } else if (OPEN.startsWith(trimmed)) return [];
      else return this.#say();
    }
    return this.#think();
  }

  /** What was held back at the end of the answer. */
  end(): SplitText[] {
    const type = this.#state === 'thinking' ? 'reasoning' : 'text';
    const delta = this.#held;
    this.#held = '';
    return delta === '' ? [] : [{ type, delta }];
  }

  #say(): SplitText[] {
    this.#state = 'saying';
    const text = this.#held;
    this.#held = '';
    return said(text);
  }

  #think(): SplitText[] {
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) {
      const kept = startOfClose(this.#held);
      const thought = this.#held.slice(0, this.#held.length - kept);
      this.#held = this.#held.slice(this.#held.length - kept);
      return thought === '' ? [] : [{ type: 'reasoning', delta: thought }];
    }
    const thought = this.#held.slice(0, end);
    this.#held = this.#held.slice(end + CLOSE.length).trimStart();
    return [...(thought === '' ? [] : [{ type: 'reasoning' as const, delta: thought }]), ...this.#say()];
  }
}

const said = (delta: string): SplitText[] => (delta === '' ? [] : [{ type: 'text', delta }]);

/** How many characters at the end may be the beginning of the closing mark. */
function startOfClose(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--)
    if (CLOSE.startsWith(text.slice(-length))) return length;
  return 0;
}
