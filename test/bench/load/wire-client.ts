import { connect, type Socket } from 'node:net';

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
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

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
  #chunked = false;

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
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (this.#due === Number.POSITIVE_INFINITY) this.#readHead();
    if (this.#size < this.#due || (this.#chunked && !endsWith(chunk, LAST_CHUNK))) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    const body = this.#chunked
      ? joined(bytes, this.#bodyAt)
      : bytes.toString('utf8', this.#bodyAt, this.#due);
    const waiting = this.#waiting;
    this.#parts = [];
    this.#size = 0;
    this.#due = Number.POSITIVE_INFINITY;
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
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
  }
}

const endsWith = (bytes: Buffer, end: Buffer): boolean => bytes.subarray(-end.length).equals(end);

/** Text of a body that came in chunks (RFC 9112, section 7.1). */
function joined(bytes: Buffer, from: number): string {
  const parts: Buffer[] = [];
  for (let at = from; ;) {
    const end = bytes.indexOf(LINE_END, at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (end < 0 || !(size > 0)) return Buffer.concat(parts).toString();
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
