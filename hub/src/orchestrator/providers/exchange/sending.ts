import type { IncomingHttpHeaders } from 'node:http';
import type { Body } from './body.ts';

/** What goes over a line at once. */
export interface Sending {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
  /** Whether the answer is likely to come piece by piece. */
  readonly isStreamed: boolean;
  readonly signal: AbortSignal;
}

/** An answer whose head is there; its body is read or destroyed by whoever has it. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}
