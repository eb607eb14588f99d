const dayOf = (ms: number): number => Math.floor(ms / 86_400_000);

/** Dollars spent in the current day, UTC. */
export class Spending {
  #day = 0;
  #usd = 0;

  add(usd: number, now: number): void {
    this.#usd = this.today(now) + usd;
  }

  today(now: number): number {
    if (dayOf(now) !== this.#day) [this.#day, this.#usd] = [dayOf(now), 0];
    return this.#usd;
  }
}
