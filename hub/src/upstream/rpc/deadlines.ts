import type { Clock } from '../../kernel/clock.ts';

/**
 * One timer for any number of deadlines: armed for the earliest, it asks the owner to expire what is due and to name the
 * next. An answered call leaves it armed, so calls that end in time cost no timer at all.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #expire: (now: number) => number;
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;

  /** `expire` ends what is due and returns the earliest deadline left, or Infinity. */
  constructor(clock: Clock, expire: (now: number) => number) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** A deadline in the clock's milliseconds. */
  add(due: number): void {
    if (due >= this.#armedFor) return;
    this.#disarm?.();
    this.#armedFor = due;
    this.#disarm = this.#clock.after(Math.max(0, due - this.#clock.now()), () => this.#fire());
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.stop();
    const next = this.#expire(this.#clock.now());
    if (Number.isFinite(next)) this.add(next);
  }
}
