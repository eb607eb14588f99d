import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import type { WireRequest } from '../http/exchange.ts';
import { parseJson } from '../json-value.ts';

/** What is wanted of a stream. */
export interface Listening {
  /** Texts to send once it is open. */
  readonly send: readonly string[];
  /** Takes what came. */
  readonly next: (message: Json) => void;
  /** Aborted when enough was heard. */
  readonly signal: AbortSignal;
}

/** One way to listen. Resolves when the service ends it; rejects with ToolFailure. */
export type Hear = (request: WireRequest, listening: Listening) => Promise<void>;

/** A message as JSON where it is that, else as the text it is. */
export function messageOf(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** The failure of a stream that could not be opened. */
export const notOpened = (why: string, cause?: unknown): ToolFailure =>
  new ToolFailure(`The stream could not be opened: ${why}.`, {
    nextStep: 'Check the arguments and the credentials, and that the service is reached.',
    ...(cause === undefined ? {} : { cause }),
  });
