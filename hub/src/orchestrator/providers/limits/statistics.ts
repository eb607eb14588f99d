import { MedianWindow } from './median-window.ts';

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
  readonly #firstTokenMs = new MedianWindow(KEPT);
  readonly #tokensPerSecond = new MedianWindow(KEPT);
  answered = 0;
  failed = 0;

  record({ firstTokenMs, streamMs, outputTokens }: AnswerTiming): void {
    this.answered += 1;
    this.#firstTokenMs.add(firstTokenMs);
    // One token has no rate.
    if (outputTokens > 1 && streamMs > 0) this.#tokensPerSecond.add((outputTokens - 1) / (streamMs / 1_000));
  }

  /** Median milliseconds; undefined before the first answer. */
  get firstTokenMs(): number | undefined {
    return this.#firstTokenMs.median;
  }

  /** Median tokens a second while an answer comes. */
  get tokensPerSecond(): number | undefined {
    return this.#tokensPerSecond.median;
  }
}
