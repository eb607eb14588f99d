import { connect, type Socket } from 'node:net';
import { ChunkedBody } from './chunked-body.ts';

/** What is told of one answer. */
export interface Answer {
  readonly status: number;
  readonly session: string | undefined;
  readonly body: string;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(cause: Error): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One kept connection with one request at a time on it: cheap enough not to be what the benchmark measures. */
export class WireConnection {
  readonly #socket: Socket;
  readonly #head: string;
  #waiting: Waiting | undefined;
  #parts: Buffer[] = [];
  #size = 0;
  #due = Number.POSITIVE_INFINITY;
  #answer: Omit<Answer, 'body'> = { status: 0, session: undefined };
  #bodyAt = 0;
  /** Set for a body whose length its head does not say. */
  #body: ChunkedBody | undefined;

  constructor(url: string) {
    const { hostname, port, pathname, search } = new URL(url);
    this.#head = `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n`;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    for (const event of ['error', 'close'])
      this.#socket.on(event, () => this.#waiting?.reject(new Error('the connection was closed')));
  }

  post(body: string, headers: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${this.#head}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#body) this.#body.take(chunk, 0);
    else {
      this.#parts.push(chunk);
      this.#size += chunk.length;
      if (this.#due === Number.POSITIVE_INFINITY) this.#readHead();
    }
    if (this.#body) return this.#body.isWhole ? this.#settle(this.#body.text()) : undefined;
    if (this.#size < this.#due) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    this.#settle(bytes.toString('utf8', this.#bodyAt, this.#due));
  }

  #settle(body: string): void {
    const waiting = this.#waiting;
    this.#parts = [];
    this.#size = 0;
    this.#due = Number.POSITIVE_INFINITY;
    this.#body = undefined;
    this.#waiting = undefined;
    waiting?.resolve({ ...this.#answer, body });
  }

  #readHead(): void {
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    const end = bytes?.indexOf(HEAD_END) ?? -1;
    if (!bytes || end < 0) return;
    const head = bytes.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#answer = {
      status: Number(head.slice(9, 12)),
      session: /\r\nmcp-session-id: *([^\r]+)/i.exec(head)?.[1],
    };
    this.#bodyAt = end + HEAD_END.length;
    this.#due = this.#bodyAt + Number(length ?? 0);
    if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return;
    this.#body = new ChunkedBody();
    this.#body.take(bytes, this.#bodyAt);
  }
}
