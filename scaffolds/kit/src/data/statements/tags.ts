import { ToolFailure } from '../../failure.ts';

/** A tag of OFX or the text after one. */
export interface TagEvent {
  readonly kind: 'open' | 'close' | 'text';
  /** Name of a tag in upper case, or text without its entities. */
  readonly value: string;
  readonly line: number;
}

/** No tag and no text of a statement is longer, in characters. */
const LONGEST = 1024 * 1024;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** The entities of OFX; any other is text as it stands there. */
const plain = (text: string): string =>
  text
    .replaceAll(/&#(x[0-9a-f]{1,6}|\d{1,7});/gi, (whole, code: string) => {
      const point = /^x/i.test(code) ? Number.parseInt(code.slice(1), 16) : Number(code);
      return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
    })
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);

/** Tags and text of OFX in pieces: SGML of version 1, whose elements are not ended, and XML of version 2 alike. */
export class Tags {
  #held = '';
  #line = 1;

  /** What ended in this piece. Throws ToolFailure. */
  push(piece: string): TagEvent[] {
    this.#held += piece;
    const events: TagEvent[] = [];
    let at = 0;
    for (;;) {
      const begin = this.#held.indexOf('<', at);
      const end = begin === -1 ? -1 : this.#held.indexOf('>', begin);
      if (end === -1) break;
      this.#text(this.#held.slice(at, begin), events);
      this.#tag(this.#held.slice(begin + 1, end), events);
      at = end + 1;
    }
    this.#held = this.#held.slice(at);
    if (this.#held.length > LONGEST)
      throw new ToolFailure(`Line ${this.#line}: a text of more than 1 MiB is no part of a statement.`);
    return events;
  }

  #text(text: string, events: TagEvent[]): void {
    const value = plain(text).trim();
    if (value !== '') events.push({ kind: 'text', value, line: this.#line });
    this.#line += text.split('\n').length - 1;
  }

  #tag(inside: string, events: TagEvent[]): void {
    const data = /^!\[CDATA\[(.*)\]\]$/s.exec(inside)?.[1];
    if (data !== undefined) events.push({ kind: 'text', value: data.trim(), line: this.#line });
    const [, slash, name] = /^(\/?)([A-Za-z][\w.:-]*)/.exec(inside) ?? [];
    if (name !== undefined)
      events.push({ kind: slash === '/' ? 'close' : 'open', value: name.toUpperCase(), line: this.#line });
    this.#line += inside.split('\n').length - 1;
  }
}
