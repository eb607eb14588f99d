const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);

/** Finds the ends of pipelined HTTP/1.1 answers; reads no more of them than their status (RFC 9112, section 6). */
export class Deframer {
  readonly #answered: (status: number) => void;
  #rest: Buffer = NOTHING;

  constructor(answered: (status: number) => void) {
    this.#answered = answered;
  }

  /** Takes what came; calls back once for every answer that is whole. */
  take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const headEnd = bytes.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = bytes.toString('latin1', 0, headEnd);
      const end = endOf(bytes, headEnd + HEAD_END.length, head);
      if (end === undefined || end > bytes.length) break;
      bytes = bytes.subarray(end);
      this.#answered(Number(head.slice(9, 12)));
    }
    this.#rest = bytes;
  }
}

/** Where a message ends; undefined while its chunks are not whole. */
function endOf(bytes: Buffer, bodyAt: number, head: string): number | undefined {
  if (/^HTTP\/1\.1 (?:204|304)/.test(head)) return bodyAt;
  if (!/\r\ntransfer-encoding: *chunked/i.test(head))
    return bodyAt + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  for (let at = bodyAt; ;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (at > bytes.length) return undefined;
    if (size === 0) return at;
  }
}
