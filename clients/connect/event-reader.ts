/** Takes the data of events out of a `text/event-stream`, however its chunks are cut. */
export class EventReader {
  readonly #onData: (data: string) => void;
  #rest = '';
  #data: string[] = [];

  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  push(chunk: string): void {
    // A carriage return at the end may be the first half of a line end.
    const text = this.#rest + chunk;
    const usable = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, usable).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(usable);
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === '') {
      const data = this.#data.join(' ');
      this.#data = [];
      // An event without data only says where a client could go on.
      if (data !== '') this.#onData(data);
    } else if (line.startsWith('data:')) {
      this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
  }
}
