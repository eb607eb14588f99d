import type { Beginning, ThinkingHabits } from './thinking.ts';

/** Models whose template begins their thoughts, by their names; others are asked for it, or found out. */
const BY_NAME = /\bdeepseek-r1|\bqwq\b|\bqwen3\b.*\bthinking\b/i;
/** Answers in a row that began with thoughts, after which a model is expected to go on so. */
const SURE = 3;

interface Seen {
  readonly inARow: number;
  /** Whether an answer was without thoughts though they were expected: that may happen again. */
  readonly isMixed: boolean;
}

/** How the models of a provider were seen to begin their answers. */
export class Thinkers {
  readonly #seen = new Map<string, Seen>();

  /** `startsThinking`: what the model's template says; undefined: it is not known. */
  habitsOf(model: string, startsThinking: boolean | undefined): ThinkingHabits {
    const isExpected = startsThinking ?? BY_NAME.test(model);
    const seen = this.#seen.get(model) ?? { inARow: isExpected ? SURE : 0, isMixed: false };
    const beginning = beginningOf(seen);
    return {
      beginning,
      learn: (hasThought) => void this.#seen.set(model, after(seen, beginning, hasThought)),
    };
  }
}

function beginningOf({ inARow, isMixed }: Seen): Beginning {
  if (inARow === 0) return 'never';
  return inARow < SURE || isMixed ? 'perhaps' : 'always';
}

function after({ inARow, isMixed }: Seen, beginning: Beginning, hasThought: boolean): Seen {
  if (hasThought) return { inARow: inARow + 1, isMixed };
  return { inARow: beginning === 'always' ? 1 : 0, isMixed: true };
}
