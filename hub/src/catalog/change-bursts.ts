import type { Clock } from '../kernel/clock.ts';
import type { CatalogChange } from '../kernel/ports.ts';

/** Changes within this time are told as one. */
const BURST_MS = 30;

/** Tells listeners what changed, a burst at a time. */
export class ChangeBursts {
  readonly #clock: Clock;
  readonly #listeners = new Set<(change: CatalogChange) => void>();
  #pending: CatalogChange | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  subscribe(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }

  announce(change: CatalogChange): void {
    if (!change.tools && !change.prompts && !change.resources) return;
    const waiting = this.#pending;
    this.#pending = {
      tools: change.tools || waiting?.tools === true,
      prompts: change.prompts || waiting?.prompts === true,
      resources: change.resources || waiting?.resources === true,
    };
    if (waiting) return;
    this.#clock.after(BURST_MS, () => {
      const all = this.#pending;
      this.#pending = undefined;
      if (all) for (const listener of this.#listeners) listener(all);
    });
  }
}
