/** Time as a parameter, so that tests turn it by hand. Milliseconds throughout. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /**
   * Runs `task` once after `delayMs`, or after 24 days if that is sooner; the returned function cancels it. Never keeps the
   * process alive.
   */
  after(delayMs: number, task: () => void): () => void;
}

/** The system's timers hold 31 bits; a longer one would elapse at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
