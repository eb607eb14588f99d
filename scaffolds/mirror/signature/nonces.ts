/** Values that signatures carry once. */
export interface Nonces {
  has(nonce: string): boolean;
  add(nonce: string): void;
}

/** The oldest are forgotten first; by then their signatures are too old to be taken. */
const MOST_NONCES = 100_000;

/** Remembers the nonces of signatures that were taken. */
export function createNonces(): Nonces {
  const seen = new Set<string>();
  return {
    has: (nonce) => seen.has(nonce),
    add(nonce) {
      seen.add(nonce);
      const [oldest] = seen;
      if (seen.size > MOST_NONCES && oldest !== undefined) seen.delete(oldest);
    },
  };
}
