import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hubError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import type { SecretPlace } from '../kernel/ports.ts';

/** A page on which one secret may be typed once. */
export interface EntryLink {
  /** By which its maker asks how it went. */
  readonly id: string;
  /** Part of the page's address; nobody guesses it. */
  readonly key: string;
  /** What the page's form must send along. */
  readonly formKey: string;
  readonly place: SecretPlace;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Pages that wait for a secret. */
export interface EntryLinks {
  /** Rejects with SECRET_PAGE_GONE when too many wait. */
  issue(place: SecretPlace): EntryLink;
  /** Undefined: there never was one, it was used, or its time is over. */
  find(key: string): EntryLink | undefined;
  /** Takes a link out of use; false when another request was first, or the form is not this page's. */
  use(link: EntryLink, formKey: string): boolean;
  /** Says how the storing went: whoever waits must not go before it is done. */
  settle(link: EntryLink, stored: boolean): void;
  state(id: string): 'waiting' | 'used' | 'gone';
}

const LIFE_MS = 600_000;
const MOST_LINKS = 50;

const newKey = (): string => randomBytes(32).toString('base64url');

/** Links live ten minutes, in memory only. */
export function createEntryLinks(clock: Clock): EntryLinks {
  const links = new Map<string, EntryLink>();
  const used = new Map<string, 'waiting' | 'used' | 'gone'>();
  const forget = (link: EntryLink): void => {
    links.delete(link.key);
    used.delete(link.id);
  };
  const isLive = (link: EntryLink): boolean => !used.has(link.id) && clock.now() < link.expiresAt;
  return {
    issue(place) {
      if (links.size >= MOST_LINKS) throw hubError('SECRET_PAGE_GONE', { detail: 'too many pages wait' });
      const expiresAt = clock.now() + LIFE_MS;
      const link = { id: newId(), key: newKey(), formKey: newKey(), place, expiresAt };
      links.set(link.key, link);
      clock.after(LIFE_MS, () => forget(link));
      return link;
    },
    find(key) {
      const link = links.get(key);
      return link && isLive(link) ? link : undefined;
    },
    use(link, formKey) {
      const [a, b] = [Buffer.from(link.formKey), Buffer.from(formKey)];
      if (!isLive(link) || a.length !== b.length || !timingSafeEqual(a, b)) return false;
      used.set(link.id, 'waiting');
      return true;
    },
    settle: (link, stored) => void used.set(link.id, stored ? 'used' : 'gone'),
    state(id) {
      const taken = used.get(id);
      if (taken) return taken;
      return [...links.values()].some((link) => link.id === id && isLive(link)) ? 'waiting' : 'gone';
    },
  };
}
