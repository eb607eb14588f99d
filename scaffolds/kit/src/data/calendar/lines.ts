/** A property of a calendar: `DTSTART;TZID=Europe/Bern:20240131T101500`. */
export interface Property {
  /** Upper case. */
  readonly name: string;
  /** Value of a parameter by its name in upper case. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  readonly line: number;
}

/** A value longer than this is an attachment: it is named by its size only. */
const LONGEST_VALUE = 1024 * 1024;

/** Reads a line that is whole; undefined for one that is no property (RFC 5545 section 3.1). */
export function propertyOf(text: string, line: number): Property | undefined {
  const name = /^[A-Za-z0-9-]+/.exec(text)?.[0];
  if (name === undefined) return undefined;
  const parameters = new Map<string, string>();
  let at = name.length;
  while (text[at] === ';') {
    const rest = text.slice(at);
    const found = /^;([\w-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/.exec(rest);
    if (found === null) return undefined;
    parameters.set((found[1] ?? '').toUpperCase(), (found[2] ?? '').replaceAll('"', ''));
    at += found[0].length;
  }
  if (text[at] !== ':') return undefined;
  return { name: name.toUpperCase(), parameters, value: text.slice(at + 1), line };
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/** Joins lines that were folded. */
class Folded {
  #parts: string[] = [];
  #size = 0;
  #first = 0;
  #line = 0;

  /** The line that ended where this one begins. */
  push(text: string): Line[] {
    this.#line += 1;
    if (this.#parts.length > 0 && /^[ \t]/.test(text)) {
      if (this.#size < LONGEST_VALUE) this.#parts.push(text.slice(1));
      this.#size += text.length;
      return [];
    }
    if (text.trim() === '') return [];
    const ended = this.end();
    this.#parts = [text.replace(/^\uFEFF/, '')];
    this.#size = text.length;
    this.#first = this.#line;
    return ended;
  }

  end(): Line[] {
    return this.#parts.length === 0 ? [] : [{ text: this.#parts.join(''), line: this.#first }];
  }
}

/** Lines joined that were folded: one that begins with a space or a tab goes on the one before. */
export async function* unfold(batches: AsyncIterable<readonly string[]>): AsyncGenerator<Line[]> {
  const folded = new Folded();
  for await (const batch of batches) yield batch.flatMap((text) => folded.push(text));
  yield folded.end();
}

/** Text without its escapes (RFC 5545 section 3.3.11). */
export const unescaped = (text: string): string =>
  text.replaceAll(/\\([nN,;:\\"])/g, (_, sign: string) => (sign === 'n' || sign === 'N' ? '\n' : sign));

/** Parts of a list, whose own commas are escaped. */
export const listOf = (text: string): string[] =>
  (text.match(/(?:\\.|[^,\\])+/g) ?? []).map((part) => unescaped(part).trim()).filter((part) => part !== '');
