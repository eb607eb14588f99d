import { availableParallelism } from 'node:os';

/** A server or client on this machine mostly answers within this; one that is slower is not waited for like this. */
const LOOK_MS = 0.1;
/** After so many times in vain it is given up, but for one time of `TRY_EVERY`. */
const MOST_IN_VAIN = 16;
const TRY_EVERY = 64;

export interface LingerOptions {
  /** In milliseconds, with fractions. */
  readonly now: () => number;
  /** Calls back when the event loop has looked for input once more. */
  readonly again: (look: () => void) => void;
}

/**
 * Keeps the event loop looking for input for a moment instead of sleeping. Between a call and its answer there is less time than a
 * sleeping process takes to wake up, and whoever writes to one that sleeps has to wake it.
 */
export class Linger {
  readonly #options: LingerOptions;
  #until = 0;
  #isLooking = false;
  /** Times since input came while it looked. */
  #inVain = 0;

  constructor(options: LingerOptions) {
    this.#options = options;
  }

  /** Something was passed on that may be answered soon. */
  begin(): void {
    if (!this.#isWorthIt()) return;
    this.#until = this.#options.now() + LOOK_MS;
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#options.again(this.#look);
  }

  /** Input came. */
  found(): void {
    if (this.#isLooking) this.#inVain = 0;
  }

  #isWorthIt(): boolean {
    if (this.#inVain < MOST_IN_VAIN) return true;
    this.#inVain += 1;
    return this.#inVain % TRY_EVERY === 0;
  }

  readonly #look = (): void => {
    if (this.#options.now() < this.#until) return this.#options.again(this.#look);
    this.#isLooking = false;
    this.#inVain += 1;
  };
}

/** That of this process. On a machine with one processor whoever looks keeps from working who is to answer. */
export const linger: Pick<Linger, 'begin' | 'found'> =
  availableParallelism() > 1
    ? new Linger({ now: () => performance.now(), again: (look) => void setImmediate(look) })
    : { begin: () => undefined, found: () => undefined };
