import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';

/** A row larger than this is no row. */
const LONGEST_ELEMENT = 16 * 1024 * 1024;

/**
 * The elements of a JSON list, cut out of text that comes in pieces: the list at the root, or the one that members of
 * objects lead to from there. Only where elements begin and end is looked at; each is parsed by whoever takes it.
 */
export class JsonElements {
  readonly #path: readonly string[];
  #depth = 0;
  #line = 1;
  #inString = false;
  #escaped = false;
  #element: { text: string; line: number } | undefined;
  /** Depth of what stands in the list; undefined before it was found. */
  #inside: number | undefined;
  #string = '';
  /** The member that was begun last, at each depth. */
  readonly #keys: string[] = [];
  #isOver = false;

  constructor(member: string | undefined, within: readonly string[] = []) {
    this.#path = member === undefined ? [] : [...within, member];
  }

  /** Elements that ended in this piece of text. Throws ToolFailure. */
  push(text: string): { text: string; line: number }[] {
    const done: { text: string; line: number }[] = [];
    let start = 0;
    for (let at = 0; at < text.length && !this.#isOver; at += 1) {
      const code = text[at] ?? '';
      if (code === '\n') this.#line += 1;
      if (this.#inString) {
        this.#inText(code);
        continue;
      }
      const isInside = this.#inside !== undefined && this.#depth === this.#inside;
      if (isInside && (code === ',' || code === ']')) {
        if (this.#element !== undefined)
          done.push({ text: this.#element.text + text.slice(start, at), line: this.#element.line });
        this.#element = undefined;
        this.#isOver = code === ']';
        continue;
      }
      if (isInside && this.#element === undefined && code.trim() !== '') {
        this.#element = { text: '', line: this.#line };
        start = at;
      }
      this.#structure(code);
    }
    this.#carry(text.slice(start));
    return done;
  }

  /** Keeps what this piece holds of an element that goes on in the next. */
  #carry(text: string): void {
    if (this.#element === undefined) return;
    this.#element.text += text;
    if (this.#element.text.length > LONGEST_ELEMENT)
      throw new ToolFailure(`The element that begins on line ${this.#element.line} is larger than 16 MiB.`);
  }

  #inText(code: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === '\\') this.#escaped = true;
    else if (code === '"') this.#inString = false;
    const isNear = this.#inside === undefined && this.#depth <= this.#path.length;
    if (this.#inString && isNear) this.#string += code;
  }

  #structure(code: string): void {
    if (code === '"') {
      this.#inString = true;
      this.#string = '';
    } else if (code === ':' && this.#depth <= this.#path.length) this.#keys[this.#depth] = this.#string;
    else if (code === '[' || code === '{') {
      const isList =
        code === '[' &&
        this.#depth === this.#path.length &&
        this.#path.every((key, at) => this.#keys[at + 1] === key);
      this.#depth += 1;
      this.#keys[this.#depth] = '';
      if (isList && this.#inside === undefined) this.#inside = this.#depth;
    } else if (code === ']' || code === '}') this.#depth -= 1;
  }

  /** Says what is wrong when the text ends here. Throws ToolFailure where the list was never met. */
  end(notes: Notes): void {
    if (this.#inside === undefined) {
      const place = this.#path.length === 0 ? 'at its root' : `under "${this.#path.join('/')}"`;
      throw new ToolFailure(`There is no list ${place} of this JSON.`);
    }
    if (!this.#isOver)
      notes.add('The source ends in the middle of its list; what stands before was read', this.#line);
  }
}
