import type { RawRequest } from '../request/decode-request.ts';

/** An answer of a service, as far as it was kept. */
export interface SeenResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Without transfer or content coding. */
  readonly body: Uint8Array;
  /** The body was longer than what is kept. */
  readonly isCut: boolean;
}

/** One request and its answer, before anything of it is redacted: it must not be written down as it is. */
export interface SeenExchange {
  /** ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
  /** Absolute, with the query. */
  readonly url: string;
  readonly request: RawRequest;
  readonly response: SeenResponse;
  /** Name of the operation, where one has this method and path. */
  readonly operation?: string | undefined;
  /** Texts that came from a credential. */
  readonly secrets: readonly string[];
}

const TEXT =
  /^(?:text\/|application\/(?:[\w.+-]*(?:json|xml|javascript|graphql|x-www-form-urlencoded|yaml|csv|sql)|ndjson|jsonl))/i;

/** Whether bytes of this type are a text, in UTF-8 as far as anybody can say. */
export function isTextType(mediaType: string, bytes: Uint8Array): boolean {
  if (mediaType !== '' && !TEXT.test(mediaType)) return false;
  // Strict decoding is the test: bytes that are no text would not come back.
  return decodeText(bytes) !== undefined;
}

/** Bytes as text; undefined when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
