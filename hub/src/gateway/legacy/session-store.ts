import type { Clock } from '../../kernel/clock.ts';
import type { ViewSelector } from '../../kernel/ports.ts';
import { sameSelector } from '../core.ts';
import { SHARE_OF_ONE } from '../limits.ts';
import type { Session } from './session.ts';

export interface SessionStoreOptions {
  readonly clock: Clock;
  readonly maxSessions: number;
  readonly sessionIdleMs: number;
}

/** Legacy sessions by id. Bounded: the one unused for longest makes room, and an unused one expires. */
export class SessionStore {
  readonly #options: SessionStoreOptions;
  /** In the order of use, least recent first. */
  readonly #sessions = new Map<string, Session>();
  /** Stands last already: a Map that is moved about in with every call makes more garbage than the call. */
  #newest: Session | undefined;
  #stopSweep: (() => void) | undefined;

  constructor(options: SessionStoreOptions) {
    this.#options = options;
    this.#sweepLater();
  }

  get size(): number {
    return this.#sessions.size;
  }

  values(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** The session of this URL, now used; undefined when it is unknown there. */
  use(id: string, selector: ViewSelector): Session | undefined {
    const session = this.#sessions.get(id);
    if (!session || !sameSelector(session.selector, selector)) return undefined;
    session.usedAt = this.#options.clock.now();
    if (session === this.#newest) return session;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    this.#newest = session;
    return session;
  }

  /** Takes a session in; false when all places are taken by sessions that are at work. */
  add(session: Session): boolean {
    if (this.#sessions.size >= this.#options.maxSessions && !this.#makeRoom(session.selector)) return false;
    this.#sessions.set(session.id, session);
    this.#newest = session;
    return true;
  }

  end(session: Session): void {
    this.#sessions.delete(session.id);
    if (session === this.#newest) this.#newest = undefined;
    session.end();
  }

  /** Ends all sessions of a person. */
  expel(person: string): void {
    for (const session of this.#sessions.values())
      if (session.selector.principal === person) this.end(session);
  }

  /** Forgets all sessions, as when the hub stops. */
  close(): void {
    this.#stopSweep?.();
    for (const session of this.#sessions.values()) session.suspend();
    this.#sessions.clear();
  }

  /** Whoever holds most of the places pays with their own: nobody ends the sessions of all others. */
  #makeRoom({ principal }: ViewSelector): boolean {
    const isTheirs = (session: Session): boolean => session.selector.principal === principal;
    const theirs = [...this.#sessions.values()].filter(isTheirs).length;
    const isGreedy = theirs >= this.#options.maxSessions * SHARE_OF_ONE;
    for (const session of this.#sessions.values()) {
      if (!session.idle || (isGreedy && !isTheirs(session))) continue;
      this.end(session);
      return true;
    }
    return false;
  }

  #sweepLater(): void {
    const { clock, sessionIdleMs } = this.#options;
    this.#stopSweep = clock.after(Math.max(1_000, sessionIdleMs / 4), () => {
      const before = clock.now() - sessionIdleMs;
      for (const session of this.#sessions.values())
        if (session.idle && session.usedAt <= before) this.end(session);
      this.#sweepLater();
    });
  }
}
