/** The median of the last values. It is worked out when it is first asked for after a value came: reading is for every decision. */
export class MedianWindow {
  readonly #most: number;
  readonly #values: number[] = [];
  #median: number | undefined;

  /** Of so many values. */
  constructor(most: number) {
    this.#most = most;
  }

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > this.#most) this.#values.shift();
    this.#median = undefined;
  }

  /** To a tenth; undefined before the first value. */
  get median(): number | undefined {
    this.#median ??= medianOf(this.#values);
    return this.#median;
  }
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  const lower = sorted[middle - 1];
  const value = sorted.length % 2 === 0 && lower !== undefined ? (lower + upper) / 2 : upper;
  return Math.round(value * 10) / 10;
}
