/** Of the last answers, so that a change shows. */
const KEPT = 64;

/** What one answer took. */
export interface AnswerTiming {
  readonly firstTokenMs: number;
  /** From the first token to the last. */
  readonly streamMs: number;
  readonly outputTokens: number;
}

/** What a provider's answers took lately, and how many questions ended how since the hub started. */
export class Statistics {
  readonly #firstTokenMs: number[] = [];
  readonly #tokensPerSecond: number[] = [];
  answered = 0;
  failed = 0;

  record({ firstTokenMs, streamMs, outputTokens }: AnswerTiming): void {
    this.answered += 1;
    keep(this.#firstTokenMs, firstTokenMs);
    // One token has no rate.
    if (outputTokens > 1 && streamMs > 0)
      keep(this.#tokensPerSecond, (outputTokens - 1) / (streamMs / 1_000));
  }

  /** Median milliseconds; undefined before the first answer. */
  get firstTokenMs(): number | undefined {
    return median(this.#firstTokenMs);
  }

  /** Median tokens a second while an answer comes. */
  get tokensPerSecond(): number | undefined {
    return median(this.#tokensPerSecond);
  }
}

function keep(values: number[], value: number): void {
  values.push(value);
  if (values.length > KEPT) values.shift();
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  const lower = sorted[middle - 1];
  const value = sorted.length % 2 === 0 && lower !== undefined ? (lower + upper) / 2 : upper;
  return Math.round(value * 10) / 10;
}
