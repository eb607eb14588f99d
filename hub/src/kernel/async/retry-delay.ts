const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** Milliseconds before the next attempt after so many that failed: a second, then ever later. */
export const retryDelay = (failures: number, mostMs = LAST_RETRY_MS): number =>
  Math.min(mostMs, FIRST_RETRY_MS * 2 ** failures);
