const NAME = '"content"';
/** What ends a text in JSON, or is not written as it is. */
const NOT_PLAIN = /["\\]|\p{Cc}/u;
/** Events in a row that differ in more than their text, after which nothing more is expected of an answer. */
const MOST_MISSES = 8;

/**
 * Knows the next event of an answer by the last one: most differ in their text alone, which is then taken out without reading the
 * rest again. What it gives is what reading would have given, because between the same bytes before and behind stands a string
 * of JSON without an escape.
 */
export class SameEvent {
  #before = '';
  #after = '';
  #misses = 0;

  /** The text of an event that says the same as the last one otherwise; undefined: it is to be read. */
  textIn(event: string): string | undefined {
    const { length } = this.#before;
    if (length === 0) return undefined;
    const end = event.length - this.#after.length;
    if (end <= length || !event.startsWith(this.#before) || !event.endsWith(this.#after)) return undefined;
    const text = event.slice(length, end);
    if (NOT_PLAIN.test(text)) return undefined;
    this.#misses = 0;
    return text;
  }

  /** Remembers an event that was read, and that said this text and nothing else. */
  learn(event: string, text: string): void {
    // Names and values may be written in other characters than they have.
    if (this.#misses >= MOST_MISSES || text === '' || event.includes('\\')) return;
    const at = event.indexOf(NAME);
    const start = startOfText(event, at);
    // Of two members of this name either may be the one.
    if (at < 0 || !event.startsWith(`${text}"`, start) || event.includes(NAME, start)) return;
    this.#before = event.slice(0, start);
    this.#after = event.slice(start + text.length);
    this.#misses += 1;
  }
}

/** Where the text begins whose name stands there: the one form, or the other. */
function startOfText(event: string, at: number): number {
  const end = at + NAME.length;
  if (event.startsWith(':"', end)) return end + 2;
  return event.startsWith(': "', end) ? end + 3 : Infinity;
}
