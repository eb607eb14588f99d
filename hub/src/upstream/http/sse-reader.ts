import { FrameReader, MAX_FRAME_BYTES } from '../rpc/framing.ts';

const DATA = Buffer.from('data:');
const EVENT = Buffer.from('event:');

export interface SseEvents {
  /** The data of one event; `kind` is `message` unless the server named another. */
  event(data: Buffer, kind: string): void;
  /** An event beyond the size limit was dropped. */
  oversize(): void;
}

/** Reads server-sent events from bytes. Ids and retry times are not used: a broken stream is a lost request. */
export class SseReader {
  readonly #lines: FrameReader;
  readonly #events: SseEvents;
  #data: Buffer[] = [];
  #size = 0;
  #kind = 'message';

  constructor(events: SseEvents) {
    this.#events = events;
    this.#lines = new FrameReader({
      frame: (line) => this.#line(line),
      blank: () => this.#dispatch(),
      oversize: () => events.oversize(),
    });
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  #line(line: Buffer): void {
    if (startsWith(line, DATA)) this.#collect(fieldValue(line, DATA.length));
    else if (startsWith(line, EVENT)) this.#kind = fieldValue(line, EVENT.length).toString('utf8');
  }

  #collect(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > MAX_FRAME_BYTES) {
      this.#data = [];
      return;
    }
    if (this.#data.length > 0) this.#data.push(Buffer.from('\n'));
    this.#data.push(part);
  }

  #dispatch(): void {
    const [first, ...more] = this.#data;
    const size = this.#size;
    const kind = this.#kind;
    this.#data = [];
    this.#size = 0;
    this.#kind = 'message';
    if (size > MAX_FRAME_BYTES) this.#events.oversize();
    else if (first !== undefined && size > 0)
      this.#events.event(more.length === 0 ? first : Buffer.concat([first, ...more]), kind);
  }
}

const startsWith = (line: Buffer, field: Buffer): boolean => line.subarray(0, field.length).equals(field);

const fieldValue = (line: Buffer, from: number): Buffer =>
  line.subarray(line[from] === 0x20 ? from + 1 : from);
