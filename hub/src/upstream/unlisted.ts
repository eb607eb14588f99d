import { hubError, type CounterpartError } from '@counterpart/schemas';
import { retryDelay } from '../kernel/async/retry-delay.ts';
import type { Clock } from '../kernel/clock.ts';

/** A server that runs and cannot say what it has, most often waits for something itself: a network, a login, a database. */
const LONGEST_RETRY_MS = 60_000;

interface UnlistedOptions {
  readonly server: string;
  readonly clock: Clock;
  /** Reads the lists once more. */
  readonly retry: () => void;
}

/** Why the lists of a server that runs could not be read, and when it is asked again: ever later. */
export class Unlisted {
  readonly #options: UnlistedOptions;
  #problem: CounterpartError | undefined;
  #isTold = false;
  #failures = 0;
  #due: (() => void) | undefined;

  constructor(options: UnlistedOptions) {
    this.#options = options;
  }

  get problem(): CounterpartError | undefined {
    return this.#problem;
  }

  /** Whether there is a problem where there was none when this was asked last, or none where there was one. */
  isNews(): boolean {
    const before = this.#isTold;
    this.#isTold = this.#problem !== undefined;
    return before !== this.#isTold;
  }

  begin(method: string, thrown: unknown): void {
    const { server, clock, retry } = this.#options;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    this.#problem = hubError('LISTS_UNREAD', { server, method, detail });
    this.#due?.();
    this.#due = clock.after(retryDelay(this.#failures, LONGEST_RETRY_MS), retry);
    this.#failures += 1;
  }

  end(): void {
    this.#problem = undefined;
    this.#due?.();
    this.#due = undefined;
    this.#failures = 0;
  }
}
