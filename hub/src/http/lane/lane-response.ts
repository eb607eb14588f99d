import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { nodeHttp } from '../../kernel/protocol/node-http.ts';
import { joined, payloadBytes } from '../../kernel/protocol/payload.ts';
import type { Payload, VisitResponse } from '../../kernel/ports.ts';

/** The connection that an answer is written to. */
export interface LaneAnswerer {
  readonly socket: Socket;
  /** Header lines that every answer of the connection carries now. */
  lines(): string;
  /** The answer is written whole; `last`: its headers said that the connection ends with it. */
  answered(last: boolean): void;
}

const LINE_END = '\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** One answer on a connection of the lane: a head and a body of known length in one write, or a stream in chunks (RFC 9112, section 7.1). */
export class LaneResponse implements VisitResponse {
  readonly #answerer: LaneAnswerer;
  #last = false;
  /** What is written waits for `#flush`. */
  #joins = false;
  #onClosed: (() => void) | undefined;
  readonly #onIdle = (): void => this.cut();

  constructor(answerer: LaneAnswerer) {
    this.#answerer = answerer;
  }

  get unread(): number {
    return this.#answerer.socket.writableLength;
  }

  whenTaken(listener: () => void): void {
    const { socket } = this.#answerer;
    // Nothing, written behind everything: told when it is its turn, or when the connection is gone.
    socket.write('', () => {
      socket.setTimeout(0, this.#onIdle);
      listener();
    });
  }

  limitIdle(idleMs: number): void {
    this.#answerer.socket.setTimeout(idleMs, this.#onIdle);
  }

  cut(): void {
    this.#answerer.socket.destroy();
  }

  whenClosed(listener: () => void): void {
    this.#onClosed = listener;
  }

  /** To be called by the connection when it is gone before the answer was given. */
  closed(): void {
    this.#onClosed?.();
  }

  json(status: number, body: Payload, headers?: OutgoingHttpHeaders, taken?: () => void): void {
    const length = payloadBytes(body);
    const head = `${this.#head(status, headers)}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    this.#write(head, joined(body, length), '', told(taken));
    this.#answerer.answered(this.#last);
  }

  empty(status: number, headers?: OutgoingHttpHeaders): void {
    this.#answerer.socket.write(`${this.#head(status, headers)}content-length: 0\r\n\r\n`, 'latin1');
    this.#answerer.answered(this.#last);
  }

  stream(headers: OutgoingHttpHeaders): void {
    this.#join();
    this.#answerer.socket.write(`${this.#head(200, headers)}transfer-encoding: chunked\r\n\r\n`, 'latin1');
  }

  write(piece: Payload): void {
    if (piece.kind === 'bytes') this.#join();
    this.#write(`${hex(payloadBytes(piece))}\r\n`, piece, LINE_END);
  }

  end(last?: Payload, taken?: () => void): void {
    const { socket } = this.#answerer;
    if (last) this.#write(`${hex(payloadBytes(last))}\r\n`, last, LINE_END + LAST_CHUNK, told(taken));
    else socket.write(LAST_CHUNK, 'latin1', told(taken));
    this.#flush();
    this.#answerer.answered(this.#last);
  }

  /** What is written until the end of this turn of the event loop leaves in one write: the parts of a long answer come in bursts. */
  #join(): void {
    if (this.#joins) return;
    this.#joins = true;
    this.#answerer.socket.cork();
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    if (!this.#joins) return;
    this.#joins = false;
    this.#answerer.socket.uncork();
  };

  #head(status: number, headers: OutgoingHttpHeaders | undefined): string {
    const own = headers ? this.#linesOf(headers) : '';
    return `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status] ?? ''}\r\n${own}${this.#last ? '' : this.#answerer.lines()}`;
  }

  #linesOf(headers: OutgoingHttpHeaders): string {
    let lines = '';
    for (const [name, value] of Object.entries(headers)) {
      const text = String(value);
      nodeHttp.validateHeaderValue(name, text);
      if (name === 'connection') this.#last = text === 'close';
      lines += `${name}: ${text}\r\n`;
    }
    return lines;
  }

  /** `done` is called when all of it was written, or cannot be. */
  #write(before: string, body: Payload, after: string, done?: (error?: Error | null) => void): void {
    const { socket } = this.#answerer;
    if (body.kind !== 'bytes') {
      socket.write(`${before}${body.text}${after}`, body.kind, done);
      return;
    }
    socket.cork();
    socket.write(before, 'latin1');
    for (const part of body.parts) socket.write(part);
    if (after !== '' || done) socket.write(after, 'latin1', done);
    socket.uncork();
  }
}

/** What tells that an answer was written, as its last write tells it. */
const told = (taken: (() => void) | undefined) =>
  taken &&
  ((error?: Error | null): void => {
    if (!error) taken();
  });

const hex = (bytes: number): string => bytes.toString(16);
