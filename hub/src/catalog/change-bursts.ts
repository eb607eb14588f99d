import type { Clock } from '../kernel/clock.ts';
import type { CatalogChange } from '../kernel/ports.ts';

/** Changes within this time are told as one. */
const BURST_MS = 30;

/** Tells listeners what changed, a burst at a time. */
export class ChangeBursts {
  readonly #clock: Clock;
  readonly #look: () => CatalogChange;
  readonly #listeners = new Set<(change: CatalogChange) => void>();
  #waiting = false;

  /** `look` is asked at the end of a burst for all that is different since it was asked last. */
  constructor(clock: Clock, look: () => CatalogChange) {
    this.#clock = clock;
    this.#look = look;
  }

  subscribe(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }

  /** Something may have changed: told within the time of a burst if so. */
  expect(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#clock.after(BURST_MS, () => {
      this.#waiting = false;
      const change = this.#look();
      if (!change.tools && !change.prompts && !change.resources && !change.people) return;
      for (const listener of this.#listeners) listener(change);
    });
  }
}
