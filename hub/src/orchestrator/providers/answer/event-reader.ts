/** More of one event is no piece of an answer. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** One event is longer than any piece of an answer. */
export class EventTooLong extends Error {}

/**
 * Takes server-sent events apart as they come and gives their `data` (WHATWG HTML, "Server-sent events"). Linear in what it
 * is given, however the pieces are cut. Beyond the text: data lines without the empty line between them are told apart by
 * being JSON each, because some servers leave it out; and an error counts that stands in a field of its own (llama.cpp) or in
 * none (Ollama).
 */
export class EventReader {
  /** Of the line that has not ended. */
  #pieces: string[] = [];
  #pending = 0;
  #data: string[] = [];
  #endedInReturn = false;

  /** Whether what comes next begins an event. */
  get isBetween(): boolean {
    return this.#pieces.length === 0 && this.#data.length === 0;
  }

  /** The data of the events that end in this text. Throws EventTooLong. */
  push(given: string): string[] {
    const text = this.#endedInReturn || given.includes('\r') ? this.#withNewlines(given) : given;
    const ended: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = this.#pieces.length === 0 ? text.slice(start, end) : this.#join(text.slice(start, end));
      start = end + 1;
      this.#line(line, ended);
    }
    if (start < text.length) {
      this.#pieces.push(text.slice(start));
      this.#pending += text.length - start;
      if (this.#pending > MOST_CHARACTERS)
        throw new EventTooLong(`one event has over ${MOST_CHARACTERS} characters`);
    }
    return ended;
  }

  /** What was begun when the stream ended. */
  end(): string[] {
    const ended: string[] = [];
    if (this.#pieces.length > 0) this.#line(this.#join(''), ended);
    this.#dispatch(ended);
    return ended;
  }

  /** A line may end with a line feed, a carriage return, or both, and both may come in two pieces. */
  #withNewlines(text: string): string {
    if (text === '') return text;
    const isSecondHalf = this.#endedInReturn && text.startsWith('\n');
    this.#endedInReturn = text.endsWith('\r');
    return (isSecondHalf ? text.slice(1) : text).replace(/\r\n?/g, '\n');
  }

  #join(last: string): string {
    const line = this.#pieces.join('') + last;
    this.#pieces = [];
    this.#pending = 0;
    return line;
  }

  #line(line: string, ended: string[]): void {
    if (line === '') return this.#dispatch(ended);
    if (line.startsWith('data:')) this.#data.push(line.startsWith('data: ') ? line.slice(6) : line.slice(5));
    else if (line.startsWith('error:')) this.#data.push(asError(line.slice(6).trim()));
    else if (line.startsWith('{') && isWhole(line)) this.#data.push(line);
  }

  #dispatch(ended: string[]): void {
    const [only, ...others] = this.#data;
    if (only === undefined) return;
    if (others.length === 0) ended.push(only);
    else if (this.#data.every(isWhole)) ended.push(...this.#data);
    else ended.push(this.#data.join('\n'));
    this.#data = [];
  }
}

const asError = (said: string): string => `{"error":${isWhole(said) ? said : JSON.stringify(said)}}`;

function isWhole(data: string): boolean {
  if (data.trim() === '[DONE]') return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
