import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { joined, payloadBytes } from '../kernel/protocol/payload.ts';
import type { Payload, VisitBody, VisitRequest, VisitResponse } from '../kernel/ports.ts';

/** A request as node:http reads it. */
export class NodeRequest implements VisitRequest {
  readonly #req: IncomingMessage;

  constructor(req: IncomingMessage) {
    this.#req = req;
  }

  get method(): string {
    return this.#req.method ?? '';
  }

  get headers(): IncomingMessage['headers'] {
    return this.#req.headers;
  }

  /** Slow bodies end by the HTTP server's request timeout. */
  readBody(maxBytes: number, done: (body: VisitBody) => void): void {
    const req = this.#req;
    if (Number(req.headers['content-length']) > maxBytes) {
      req.resume();
      done({ kind: 'too-large' });
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    let open = true;
    const finish = (body: VisitBody): void => {
      if (!open) return;
      open = false;
      done(body);
    };
    req.on('data', (part: Buffer) => {
      size += part.length;
      if (size > maxBytes) finish({ kind: 'too-large' });
      else parts.push(part);
    });
    req.on('end', () => finish({ kind: 'text', text: Buffer.concat(parts).toString() }));
    // A request that is cut off says so by an error.
    req.on('error', () => finish({ kind: 'aborted' }));
  }
}

/** An answer as node:http writes it. */
export class NodeResponse implements VisitResponse {
  readonly #res: ServerResponse;

  constructor(res: ServerResponse) {
    this.#res = res;
  }

  get unread(): number {
    return this.#res.writableFinished ? 0 : this.#res.writableLength;
  }

  whenTaken(listener: () => void): void {
    this.#res.once('finish', listener);
    this.#res.once('close', listener);
  }

  limitIdle(idleMs: number): void {
    this.#res.setTimeout(idleMs, () => this.#res.destroy());
  }

  cut(): void {
    this.#res.destroy();
  }

  whenClosed(listener: () => void): void {
    this.#res.on('close', listener);
  }

  json(status: number, body: Payload, headers?: OutgoingHttpHeaders, taken?: () => void): void {
    if (taken) this.#res.once('finish', taken);
    const length = payloadBytes(body);
    const own = { 'content-type': 'application/json', 'content-length': length };
    this.#res.writeHead(status, headers ? { ...headers, ...own } : own);
    this.#finish(joined(body, length));
  }

  empty(status: number, headers?: OutgoingHttpHeaders): void {
    this.#res.writeHead(status, headers).end();
  }

  stream(headers: OutgoingHttpHeaders): void {
    this.#res.writeHead(200, headers);
    this.#res.flushHeaders();
  }

  write(piece: Payload): void {
    if (piece.kind === 'bytes') for (const part of piece.parts) this.#res.write(part);
    else this.#res.write(piece.text, piece.kind);
  }

  end(last?: Payload, taken?: () => void): void {
    if (taken) this.#res.once('finish', taken);
    if (last) this.#finish(last);
    else this.#res.end();
  }

  #finish(body: Payload): void {
    const res = this.#res;
    if (body.kind !== 'bytes') {
      res.end(body.text, body.kind);
      return;
    }
    res.cork();
    for (const part of body.parts) res.write(part);
    // Before the end: ending a corked chunked response puts its last chunk in front of the others (Node 24).
    res.uncork();
    res.end();
  }
}
