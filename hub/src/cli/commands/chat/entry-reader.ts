/** What a line of the terminal came to: an entry that is whole, or more lines of it that are waited for. */
export type Entry = { readonly kind: 'more' } | { readonly kind: 'entry'; readonly text: string };

/** Puts lines together to one entry: between `"""`, behind a backslash at the end of a line, and as pasted. */
export class EntryReader {
  #lines: string[] = [];
  #isQuoted = false;
  isPasting = false;

  /** Lines are waited for. */
  get isOpen(): boolean {
    return this.#lines.length > 0 || this.#isQuoted;
  }

  take(line: string): Entry {
    if (this.#isQuoted) return this.#takeQuoted(line);
    if (this.isPasting) return this.#more(line);
    if (this.#lines.length === 0 && line.trimStart().startsWith('"""'))
      return this.#open(line.trimStart().slice(3));
    if (line.endsWith('\\')) return this.#more(line.slice(0, -1));
    return this.#whole(line);
  }

  /** Drops what was typed so far. */
  clear(): void {
    this.#lines = [];
    this.#isQuoted = false;
    this.isPasting = false;
  }

  #open(line: string): Entry {
    this.#isQuoted = true;
    return line === '' ? { kind: 'more' } : this.#takeQuoted(line);
  }

  #takeQuoted(line: string): Entry {
    const end = line.indexOf('"""');
    if (end < 0) return this.#more(line);
    this.#isQuoted = false;
    return this.#whole(line.slice(0, end));
  }

  #more(line: string): Entry {
    this.#lines.push(line);
    return { kind: 'more' };
  }

  #whole(line: string): Entry {
    const text = [...this.#lines, line].join('\n').trim();
    this.clear();
    return { kind: 'entry', text };
  }
}
