/** Answers of each model whose times are remembered. */
const WINDOW = 31;

/** Medians of the last times to the first token, by model. */
export class Medians {
  readonly #times = new Map<string, number[]>();

  add(model: string, ms: number): void {
    const times = this.#times.get(model) ?? [];
    times.push(ms);
    if (times.length > WINDOW) times.shift();
    this.#times.set(model, times);
  }

  /** Undefined before the first. */
  of(model: string): number | undefined {
    const times = this.#times.get(model);
    if (!times || times.length === 0) return undefined;
    const sorted = times.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
