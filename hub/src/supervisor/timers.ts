import type { Clock } from '../kernel/clock.ts';
import type { Timer } from './state/state.ts';

/** The timers of one process, one of each kind. */
export class Timers {
  readonly #clock: Clock;
  readonly #elapsed: (timer: Timer) => void;
  readonly #armed = new Map<Timer, () => void>();

  constructor(clock: Clock, elapsed: (timer: Timer) => void) {
    this.#clock = clock;
    this.#elapsed = elapsed;
  }

  /** Starts a timer anew. */
  arm(timer: Timer, delayMs: number): void {
    this.#armed.get(timer)?.();
    const cancel = this.#clock.after(delayMs, () => {
      this.#armed.delete(timer);
      this.#elapsed(timer);
    });
    this.#armed.set(timer, cancel);
  }

  disarm(): void {
    for (const cancel of this.#armed.values()) cancel();
    this.#armed.clear();
  }
}
