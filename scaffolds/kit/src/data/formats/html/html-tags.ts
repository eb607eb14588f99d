import { Tokenizer } from 'htmlparser2';
import { ToolFailure } from '../../../failure.ts';
import { LARGEST_RECORD } from '../record.ts';

export interface TagHandlers {
  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void;
  text(text: string): void;
  close(name: string): void;
}

/** Attributes that anybody asks for; others are not kept. */
const ASKED_FOR = new Set(['colspan', 'rowspan']);

/**
 * Tags and text of HTML that comes in pieces, as they stand there: nothing is nested, so that a hundred thousand tags that are
 * never closed cost what a hundred thousand tags cost. Scripts, styles and comments are no text.
 */
export class HtmlTags {
  readonly #handlers: TagHandlers;
  readonly #tokenizer: Tokenizer;
  /** Text from `#from` on that a token may still need. */
  #held = '';
  #from = 0;
  #used = 0;
  #line = 1;
  #counted = 0;
  #name = '';
  #attribute = '';
  #value = '';
  #attributes = new Map<string, string>();
  #isSilent = false;

  constructor(handlers: TagHandlers) {
    this.#handlers = handlers;
    const nothing = (...given: readonly number[]): void => {
      this.#used = Math.max(this.#used, given.at(-1) ?? 0);
    };
    this.#tokenizer = new Tokenizer(
      { xmlMode: false, decodeEntities: true },
      {
        onopentagname: (start, end) => this.#begin(this.#slice(start, end).toLowerCase()),
        onattribname: (start, end) => {
          this.#attribute = this.#slice(start, end).toLowerCase();
          this.#value = '';
        },
        onattribdata: (start, end) => {
          const value = this.#slice(start, end);
          if (ASKED_FOR.has(this.#attribute)) this.#value += value;
        },
        onattribentity: () => undefined,
        onattribend: () => {
          if (ASKED_FOR.has(this.#attribute)) this.#attributes.set(this.#attribute, this.#value);
        },
        onopentagend: (end) => this.#opened(end),
        onselfclosingtag: (end) => this.#opened(end),
        onclosetag: (start, end) => this.#closed(this.#slice(start, end).toLowerCase()),
        ontext: (start, end) => {
          const text = this.#slice(start, end);
          if (!this.#isSilent) this.#handlers.text(text);
        },
        ontextentity: (code, end) => {
          this.#used = end;
          if (!this.#isSilent) this.#handlers.text(String.fromCodePoint(code));
        },
        oncdata: nothing,
        oncomment: nothing,
        ondeclaration: nothing,
        onprocessinginstruction: nothing,
        onend: () => undefined,
      },
    );
  }

  push(piece: string): void {
    this.#held += piece;
    this.#tokenizer.write(piece);
    if (this.#held.length - (this.#used - this.#from) > LARGEST_RECORD)
      throw new ToolFailure(`Line ${this.#line}: a single tag of it is larger than 16 MiB.`);
    this.#lineAt(this.#used);
    this.#held = this.#held.slice(this.#used - this.#from);
    this.#from = this.#used;
  }

  end(): void {
    this.#tokenizer.end();
  }

  #begin(name: string): void {
    this.#name = name;
    this.#attributes = new Map();
  }

  #opened(end: number): void {
    this.#used = Math.max(this.#used, end);
    if (this.#name === 'script' || this.#name === 'style') this.#isSilent = true;
    this.#handlers.open(this.#name, this.#attributes, this.#lineAt(end));
  }

  #closed(name: string): void {
    if (name === 'script' || name === 'style') this.#isSilent = false;
    this.#handlers.close(name);
  }

  #slice(start: number, end: number): string {
    this.#used = Math.max(this.#used, end);
    return this.#held.slice(start - this.#from, end - this.#from);
  }

  /** 1-based line of a place; places are asked for in their order. */
  #lineAt(place: number): number {
    for (
      let at = this.#held.indexOf('\n', this.#counted - this.#from);
      at !== -1 && at + this.#from < place;
    ) {
      this.#line += 1;
      this.#counted = at + this.#from + 1;
      at = this.#held.indexOf('\n', at + 1);
    }
    this.#counted = Math.max(this.#counted, place);
    return this.#line;
  }
}
