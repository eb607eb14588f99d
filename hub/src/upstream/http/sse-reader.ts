import { FrameReader, MAX_FRAME_BYTES } from '../rpc/framing.ts';

const DATA = Buffer.from('data:');
const EVENT = Buffer.from('event:');
const ID = Buffer.from('id:');
const RETRY = Buffer.from('retry:');
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface SseEvents {
  /** The data of one event; `kind` is `message` unless the server named another. */
  event(data: Buffer, kind: string): void;
  /** Where a client that comes back can go on; before the event it stands in, which may be empty. */
  marked?(id: string): void;
  /** How long the server wants a client to stay away that lost the stream. */
  retry?(ms: number): void;
  /** An event goes beyond the size limit, and is dropped. */
  oversize(): void;
}

/** Reads server-sent events from bytes (HTML, server-sent events). */
export class SseReader {
  readonly #lines: FrameReader;
  readonly #events: SseEvents;
  #data: Buffer[] = [];
  #size = 0;
  #kind = 'message';
  #id: string | undefined;
  #isFirst = true;
  #endedInReturn = false;

  constructor(events: SseEvents) {
    this.#events = events;
    this.#lines = new FrameReader({
      frame: (line) => this.#line(line),
      blank: () => this.#dispatch(),
      overlong: () => events.oversize(),
      oversize: () => undefined,
    });
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    const isSecondHalf = this.#endedInReturn && chunk[0] === NEWLINE;
    this.#endedInReturn = chunk.at(-1) === CARRIAGE_RETURN;
    endAtReturns(chunk);
    this.#lines.push(isSecondHalf ? chunk.subarray(1) : chunk);
  }

  #line(whole: Buffer): void {
    const line =
      this.#isFirst && startsWith(whole, BYTE_ORDER_MARK) ? whole.subarray(BYTE_ORDER_MARK.length) : whole;
    this.#isFirst = false;
    if (startsWith(line, DATA)) this.#collect(fieldValue(line, DATA.length));
    else if (startsWith(line, EVENT)) this.#kind = fieldValue(line, EVENT.length).toString('utf8');
    else if (startsWith(line, ID)) this.#id = fieldValue(line, ID.length).toString('utf8');
    else if (startsWith(line, RETRY)) this.#retry(fieldValue(line, RETRY.length).toString('latin1'));
  }

  #retry(text: string): void {
    if (/^\d{1,9}$/.test(text)) this.#events.retry?.(Number(text));
  }

  #collect(part: Buffer): void {
    const fitted = this.#size <= MAX_FRAME_BYTES;
    this.#size += part.length;
    if (this.#size > MAX_FRAME_BYTES) {
      this.#data = [];
      if (fitted) this.#events.oversize();
      return;
    }
    if (this.#data.length > 0) this.#data.push(Buffer.from('\n'));
    this.#data.push(part);
  }

  #dispatch(): void {
    const [first, ...more] = this.#data;
    const size = this.#size;
    const kind = this.#kind;
    const id = this.#id;
    this.#id = undefined;
    this.#data = [];
    this.#size = 0;
    this.#kind = 'message';
    if (id !== undefined) this.#events.marked?.(id);
    if (first !== undefined && size > 0)
      this.#events.event(more.length === 0 ? first : Buffer.concat([first, ...more]), kind);
  }
}

/**
 * A line may end with a carriage return alone: such ones become line feeds where they stand, in bytes that are nobody else's. One
 * at the end of a chunk does so at once, since nothing may follow for long.
 */
function endAtReturns(chunk: Buffer): void {
  for (let at = chunk.indexOf(CARRIAGE_RETURN); at >= 0; at = chunk.indexOf(CARRIAGE_RETURN, at + 1))
    if (chunk[at + 1] !== NEWLINE) chunk[at] = NEWLINE;
}

const startsWith = (line: Buffer, field: Buffer): boolean => line.subarray(0, field.length).equals(field);

const fieldValue = (line: Buffer, from: number): Buffer =>
  line.subarray(line[from] === 0x20 ? from + 1 : from);
