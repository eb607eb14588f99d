/** The median of the last values. They are held sorted, because a value comes with every answer and the median is read for every decision. */
export class MedianWindow {
  readonly #most: number;
  /** In the order in which they came. */
  readonly #values: number[] = [];
  readonly #sorted: number[] = [];

  /** Of so many values. */
  constructor(most: number) {
    this.#most = most;
  }

  add(value: number): void {
    this.#values.push(value);
    this.#sorted.splice(this.#placeOf(value), 0, value);
    if (this.#values.length <= this.#most) return;
    const oldest = this.#values.shift();
    if (oldest !== undefined) this.#sorted.splice(this.#placeOf(oldest), 1);
  }

  /** To a tenth; undefined before the first value. */
  get median(): number | undefined {
    const middle = this.#sorted.length >> 1;
    const upper = this.#sorted[middle];
    if (upper === undefined) return undefined;
    const lower = this.#sorted[middle - 1];
    const value = this.#sorted.length % 2 === 0 && lower !== undefined ? (lower + upper) / 2 : upper;
    return Math.round(value * 10) / 10;
  }

  /** Where it stands or would stand, before its equals. */
  #placeOf(value: number): number {
    let [from, to] = [0, this.#sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#sorted[middle] ?? Infinity) < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
