import type { OutgoingHttpHeaders } from 'node:http';

/** A message on its way to the server. */
export interface Outgoing {
  readonly text: string;
  /** JSON text of the id, of a request. */
  readonly idText?: string | undefined;
  readonly headers?: OutgoingHttpHeaders | undefined;
}

/** What a link hands on. */
export interface Receiver {
  /** A message; `idText` is of the request on whose answer it came, where the transport tells. */
  message(text: string, via?: { readonly idText?: string | undefined; readonly status: number }): void;
  /** A request got no message but this status, or the connection failed. */
  silence(idText: string | undefined, status: number): void;
}

/** One client's way to a server. */
export interface Link {
  post(outgoing: Outgoing): void;
  /** Resolves when what the server says by itself will be heard. */
  listen(): Promise<void>;
  /** Gives up a request by the transport's own means; false when it has none. */
  drop(idText: string): boolean;
  close(): Promise<void>;
}
