/** Bounds of everything a client can make the gateway hold. */
export interface GatewayLimits {
  /** Bytes of one request body or stdio line. */
  readonly maxBodyBytes: number;
  /** Legacy sessions; beyond it the one unused for longest is ended. */
  readonly maxSessions: number;
  /** A legacy session without a request or an open stream for so long is ended. */
  readonly sessionIdleMs: number;
  /** Requests in flight of one session or one stdio client. */
  readonly maxInFlight: number;
  /** Open `subscriptions/listen` streams. */
  readonly maxListens: number;
  /** Resource URIs one listen or one session may follow. */
  readonly maxResourceSubscriptions: number;
  /** Between comments on an event stream. */
  readonly keepAliveMs: number;
  /** List changes within this time are told once. */
  readonly coalesceMs: number;
  /** How long clients may keep lists (`ttlMs` of a list result). */
  readonly listTtlMs: number;
  /** How long a client may take to answer a server's question. */
  readonly questionTimeoutMs: number;
  /** Calls of modern clients that wait for answers; in one more the server's question is refused. */
  readonly maxParkedCalls: number;
  /** Characters of results that did not fit into answers, of all clients together. */
  readonly maxKeptChars: number;
  /** Such a result is forgotten when nobody has read it for so long. */
  readonly keptResultMs: number;
  /** Messages of one JSON-RPC batch (2025-03-26 only). */
  readonly maxBatch: number;
  /** Bytes waiting for a slow client, above which progress and log messages are dropped. */
  readonly maxBufferedBytes: number;
  /** Bytes of answers that all HTTP clients together have yet to read; beyond it the slowest is cut off. */
  readonly maxUnreadBytes: number;
  /** An HTTP client that takes nothing of a waiting answer for so long is cut off. */
  readonly unreadIdleMs: number;
}

/** Of places that all share, what one person may fill at the cost of others. */
export const SHARE_OF_ONE = 0.5;

/**
 * Whether there is no place for one more of this person; `taken` says whose each of those taken is. The others are left to
 * the others; the owner, who has no name here, may fill them all.
 */
export function isFull(
  taken: readonly (string | undefined)[],
  person: string | undefined,
  places: number,
): boolean {
  if (taken.length >= places) return true;
  return person !== undefined && taken.filter((one) => one === person).length >= places * SHARE_OF_ONE;
}

export const defaultLimits: GatewayLimits = {
  maxBodyBytes: 4 * 1024 * 1024,
  maxSessions: 2_000,
  sessionIdleMs: 30 * 60_000,
  maxInFlight: 1_000,
  maxListens: 1_024,
  maxResourceSubscriptions: 1_000,
  keepAliveMs: 15_000,
  coalesceMs: 20,
  listTtlMs: 0,
  questionTimeoutMs: 10 * 60_000,
  maxParkedCalls: 256,
  maxKeptChars: 32 * 1024 * 1024,
  keptResultMs: 15 * 60_000,
  maxBatch: 100,
  maxBufferedBytes: 8 * 1024 * 1024,
  maxUnreadBytes: 256 * 1024 * 1024,
  unreadIdleMs: 60_000,
};
