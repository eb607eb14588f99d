import { characters, columnsOf } from '../../../output/text/columns.ts';

/** Lines that are shown as they are: code between fences, and rows of tables. */
const FENCE = '```';
const NARROWEST = 20;

/**
 * Breaks a text at words while it streams in: give it pieces, write what it gives back. A word is held until it is whole, so
 * that none is torn at the edge of the terminal.
 */
export class TextFlow {
  readonly #width: number;
  #column = 0;
  #blanks = '';
  #word = '';
  #isFenced = false;
  #isTable = false;

  /** `width`: columns; what is not finite or too narrow breaks nothing. */
  constructor(width: number) {
    this.#width = width >= NARROWEST ? width : Number.POSITIVE_INFINITY;
  }

  /** What has been written ends in the middle of a line. */
  get isLineOpen(): boolean {
    return this.#column > 0;
  }

  take(text: string): string {
    let out = '';
    for (const piece of text.match(/\n|[ \t]+|[^\s]+|\s/gu) ?? []) out += this.#piece(piece);
    return out;
  }

  /** What is still held, when nothing more comes or something else is written. */
  flush(): string {
    return this.#takeWord();
  }

  /** Something else began a new line. */
  restart(): void {
    this.#column = 0;
    this.#blanks = '';
  }

  #piece(piece: string): string {
    if (piece === '\n') {
      const out = `${this.#takeWord()}\n`;
      this.restart();
      this.#isTable = false;
      return out;
    }
    if (/^\s/u.test(piece)) {
      const out = this.#takeWord();
      this.#blanks += piece;
      return out;
    }
    this.#word += piece;
    // Scripts without blanks are broken between any two characters.
    return /[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]/u.test(piece) ? this.#takeWide() : '';
  }

  #takeWord(): string {
    const word = this.#word;
    this.#word = '';
    return word === '' ? '' : this.#place(word);
  }

  #takeWide(): string {
    const all = [...characters(this.#word)].map(({ text }) => text);
    // The last one may yet grow by a mark.
    this.#word = all.pop() ?? '';
    return all.map((one) => this.#place(one)).join('');
  }

  #place(word: string): string {
    if (this.#column === 0 && word.startsWith(FENCE)) this.#isFenced = !this.#isFenced;
    if (this.#column === 0 && word.startsWith('|')) this.#isTable = true;
    const blanks = this.#blanks;
    this.#blanks = '';
    const columns = columnsOf(word);
    const isTooLong = this.#column > 0 && this.#column + blanks.length + columns > this.#width;
    if (isTooLong && !this.#isFenced && !this.#isTable) {
      this.#column = columns;
      return `\n${word}`;
    }
    this.#column += blanks.length + columns;
    return blanks + word;
  }
}
