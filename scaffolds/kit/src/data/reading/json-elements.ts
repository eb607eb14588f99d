import { ToolFailure } from '../../failure.ts';
import type { Notes } from '../notes.ts';

/** A row larger than this is no row. */
const LONGEST_ELEMENT = 16 * 1024 * 1024;

/**
 * The elements of a JSON list, cut out of text that comes in pieces: the list at the root, or the one under a member of
 * the root object. Only where elements begin and end is looked at; each is parsed by whoever takes it.
 */
export class JsonElements {
  readonly #member: string | undefined;
  #depth = 0;
  #line = 1;
  #inString = false;
  #escaped = false;
  #element: { text: string; line: number } | undefined;
  /** Depth of what stands in the list; undefined before it was found. */
  #inside: number | undefined;
  #string = '';
  #key = '';
  #isOver = false;

  constructor(member: string | undefined) {
    this.#member = member;
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
    if (this.#inString && this.#inside === undefined && this.#depth === 1) this.#string += code;
  }

  #structure(code: string): void {
    if (code === '"') {
      this.#inString = true;
      this.#string = '';
    } else if (code === ':' && this.#depth === 1) this.#key = this.#string;
    else if (code === '[' || code === '{') {
      const isList =
        code === '[' &&
        (this.#member === undefined ? this.#depth === 0 : this.#depth === 1 && this.#key === this.#member);
      this.#depth += 1;
      if (isList && this.#inside === undefined) this.#inside = this.#depth;
    } else if (code === ']' || code === '}') this.#depth -= 1;
  }

  /** Says what is wrong when the text ends here. Throws ToolFailure where the list was never met. */
  end(notes: Notes): void {
    if (this.#inside === undefined) {
      const place = this.#member === undefined ? 'at its root' : `under "${this.#member}"`;
      throw new ToolFailure(`There is no list ${place} of this JSON.`);
    }
    if (!this.#isOver)
      notes.add('The source ends in the middle of its list; what stands before was read', this.#line);
  }
}
