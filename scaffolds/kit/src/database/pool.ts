import { DatabaseFailure, isLost } from './failure.ts';
import type { Session } from './driver.ts';

/** Connections that one server holds at most; further calls wait for one of them. */
const MOST_SESSIONS = 4;
const MOST_WAITING = 200;

type Use<T> = (session: Session) => Promise<T>;

/** Keeps connections open between calls; a call has one of its own while it runs. */
export class SessionPool {
  readonly #open: () => Promise<Session>;
  readonly #idle: Session[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  /**
   * Runs `use` with a connection. One that was lost while it lay idle is replaced by a new one, and `use` runs again where
   * it only reads. Rejects with the driver's error.
   */
  async with<T>(use: Use<T>, { isRepeatable }: { readonly isRepeatable: boolean }): Promise<T> {
    await this.#turn();
    try {
      const idle = this.#takeIdle();
      if (idle === undefined) return await this.#attempt(await this.#open(), use);
      try {
        return await this.#attempt(idle, use);
      } catch (error) {
        if (!isRepeatable || !isLost(error)) throw error;
        // What else lay idle was lost with it.
        for (const session of this.#idle.splice(0)) session.close();
        return await this.#attempt(await this.#open(), use);
      }
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING)
      throw new DatabaseFailure(503, 'Too many calls wait for the database.', 'Call again later.');
    while (this.#busy >= MOST_SESSIONS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy += 1;
  }

  #takeIdle(): Session | undefined {
    let session = this.#idle.pop();
    while (session !== undefined && !session.isOpen) session = this.#idle.pop();
    return session;
  }

  async #attempt<T>(session: Session, use: Use<T>): Promise<T> {
    try {
      const result = await use(session);
      if (session.isOpen) this.#idle.push(session);
      return result;
    } catch (error) {
      // Of a call that was given up nobody knows what it left behind; one that was undone left nothing.
      if (session.isInTransaction) session.close();
      else if (session.isOpen) this.#idle.push(session);
      throw error;
    }
  }

  /** Ends the connections that nobody uses. */
  close(): void {
    for (const session of this.#idle.splice(0)) session.close();
  }
}
