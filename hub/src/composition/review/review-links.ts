import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';

/** Addresses under which what waits can be looked at and decided. */
export interface ReviewLinks {
  issue(): { readonly key: string; readonly expiresAt: number };
  /** False: there never was one with this key, or its time is over. */
  isOpen(key: string): boolean;
}

/** As long as a thorough look takes. */
const LIFE_MS = 3_600_000;
/** A person with more of them has lost the first ones. */
const MOST_LINKS = 20;

/** Keys that nobody guesses, in memory only: they end with the hub, or after an hour. */
export function createReviewLinks(clock: Clock): ReviewLinks {
  const links = new Map<string, number>();
  const isOpen = (key: string): boolean => clock.now() < (links.get(key) ?? 0);
  return {
    issue() {
      for (const key of links.keys()) if (!isOpen(key)) links.delete(key);
      const [oldest] = links.keys();
      if (links.size >= MOST_LINKS && oldest !== undefined) links.delete(oldest);
      const key = randomBytes(32).toString('base64url');
      const expiresAt = clock.now() + LIFE_MS;
      links.set(key, expiresAt);
      return { key, expiresAt };
    },
    isOpen,
  };
}
