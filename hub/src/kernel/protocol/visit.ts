import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

// Between whoever reads HTTP from a connection and the gateway.

/**
 * Bytes ready to be written. `latin1` text is bytes one to a character: what is small travels as such, because joining strings
 * is cheaper than joining buffers, and head and body of an answer then leave in one write.
 */
export type Payload =
  | { readonly kind: 'utf8'; readonly text: string }
  | { readonly kind: 'latin1'; readonly text: string }
  | { readonly kind: 'bytes'; readonly parts: readonly Buffer[] };

export type VisitBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  /** Nobody is left to answer. */
  | { readonly kind: 'aborted' };

/** A request of an MCP endpoint, however it was read from its connection. */
export interface VisitRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Reads the body up to a bound; `done` is called once. */
  readBody(maxBytes: number, done: (body: VisitBody) => void): void;
}

/** What was written and the other side has not taken yet. */
export interface Unread {
  /** Bytes; 0: all is on its way. */
  readonly unread: number;
  /** Calls when all was taken or the connection is gone. */
  whenTaken(listener: () => void): void;
  /** Cuts the connection when nothing is taken for so long. */
  limitIdle(idleMs: number): void;
  /** Cuts the connection at once. */
  cut(): void;
}

/** Called once the system has all of an answer, and never if the connection breaks before. */
type Taken = () => void;

/** The answer to such a request: JSON, nothing, or a stream. */
export interface VisitResponse extends Unread {
  /** Calls when the connection was closed; surely if that was before the answer was given. */
  whenClosed(listener: () => void): void;
  json(status: number, body: Payload, headers?: OutgoingHttpHeaders, taken?: Taken): void;
  /** Answers without a body. */
  empty(status: number, headers?: OutgoingHttpHeaders): void;
  /** Begins an answer of unknown length, such as an event stream; its headers are sent at once. */
  stream(headers: OutgoingHttpHeaders): void;
  /** A piece of it. */
  write(piece: Payload): void;
  /** Ends it with its last piece. */
  end(last?: Payload, taken?: Taken): void;
}
