import { StringDecoder } from 'node:string_decoder';
import type { Redact } from '../../kernel/redact.ts';

/** The last characters that a process wrote to standard error, without secrets; older ones are dropped. */
export class StderrRing {
  readonly #maxCharacters: number;
  readonly #redact: Redact;
  readonly #decoder = new StringDecoder('utf8');
  #parts: string[] = [];
  #characters = 0;
  /** The first line that is kept lost its beginning. */
  #cut = false;

  constructor(maxCharacters: number, redact: Redact) {
    this.#maxCharacters = maxCharacters;
    this.#redact = redact;
  }

  push(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    this.#parts.push(text);
    this.#characters += text.length;
    // Joining only when twice the limit has gathered keeps a flood of small writes linear.
    if (this.#characters > this.#maxCharacters * 2 || this.#parts.length > 1_024) this.#compact();
  }

  /** Oldest first; a line that lost its beginning is left out. */
  lines(): string[] {
    const lines = this.#compact().split(/\r?\n/);
    if (this.#cut && lines.length > 1) lines.shift();
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Secrets go before anything is cut, since half of one would not be known any more. */
  #compact(): string {
    const all = this.#redact(this.#parts.join(''));
    const dropped = all.length - this.#maxCharacters;
    if (dropped > 0) this.#cut = all[dropped - 1] !== '\n';
    const kept = dropped > 0 ? all.slice(dropped) : all;
    this.#parts = [kept];
    this.#characters = kept.length;
    return kept;
  }
}
