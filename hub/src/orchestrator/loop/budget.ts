import { hubError, type ChatConfig, type CounterpartError } from '@counterpart/schemas';
import type { RunLimits, TokenUsage } from '../../kernel/ports.ts';

type Limits = Pick<ChatConfig, 'maxRounds' | 'maxTimeMs' | 'maxTokens' | 'maxCostUsd'>;

/** What is said of a run's limits by whoever asks. */
type Asked = RunLimits & { readonly parallelToolCalls?: boolean | undefined };

const SECOND_MS = 1_000;

/** What a run has taken of what it may take. A request can lower the configured limits, never raise them. */
export class Budget {
  readonly limits: Limits;
  rounds = 0;
  input = 0;
  output = 0;
  cached = 0;
  costUsd = 0;
  #callsLeft: number;
  readonly #callsAtOnce: number;

  constructor(config: Limits, asked: Asked = {}) {
    this.#callsLeft = asked.toolCalls ?? Infinity;
    this.#callsAtOnce = asked.parallelToolCalls === false ? 1 : Infinity;
    this.limits = {
      maxRounds: Math.min(config.maxRounds, asked.rounds ?? Infinity),
      maxTimeMs: Math.min(config.maxTimeMs, asked.timeMs ?? Infinity),
      maxTokens: Math.min(config.maxTokens, asked.tokens ?? Infinity),
      ...costLimit(config.maxCostUsd, asked.costUsd),
    };
  }

  get usage(): TokenUsage {
    return { input: this.input, output: this.output, cached: this.cached };
  }

  add(
    { input, output, cached = 0 }: TokenUsage,
    price: { readonly input: number; readonly output: number },
  ): void {
    this.input += input;
    this.output += output;
    this.cached += cached;
    this.costUsd += costOf({ input, output }, price);
  }

  /** Whether any tool may still be called. */
  get hasCalls(): boolean {
    return this.#callsLeft > 0;
  }

  /** Of the calls of one round those that may be made; the others are passed over, as if the model had not written them. */
  takeCalls<T>(calls: readonly T[]): readonly T[] {
    const taken = calls.slice(0, Math.min(this.#callsLeft, this.#callsAtOnce));
    this.#callsLeft -= taken.length;
    return taken;
  }

  /** Why no model may be asked again; undefined: one may. */
  get spent(): CounterpartError | undefined {
    const { maxRounds, maxTokens, maxCostUsd } = this.limits;
    if (this.rounds >= maxRounds)
      return hubError('CHAT_LIMIT', {
        detail: `${maxRounds} questions to a model`,
        setting: 'chat.maxRounds',
      });
    if (this.input + this.output >= maxTokens)
      return hubError('CHAT_LIMIT', { detail: `${maxTokens} tokens`, setting: 'chat.maxTokens' });
    if (maxCostUsd !== undefined && this.costUsd >= maxCostUsd && this.costUsd > 0)
      return hubError('CHAT_LIMIT', { detail: `$${maxCostUsd}`, setting: 'chat.maxCostUsd' });
    return undefined;
  }

  /** The error of a run that is cut off for its time. */
  get tooLong(): CounterpartError {
    const seconds = Math.round(this.limits.maxTimeMs / SECOND_MS);
    return hubError('CHAT_LIMIT', { detail: `${seconds} s`, setting: 'chat.maxTimeMs' });
  }
}

const MILLION = 1_000_000;

/** In United States dollars; `price` is for a million tokens. */
export const costOf = (
  { input, output }: Pick<TokenUsage, 'input' | 'output'>,
  price: { readonly input: number; readonly output: number },
): number => (input * price.input + output * price.output) / MILLION;

function costLimit(configured: number | undefined, asked: number | undefined): { maxCostUsd?: number } {
  if (configured === undefined && asked === undefined) return {};
  return { maxCostUsd: Math.min(configured ?? Infinity, asked ?? Infinity) };
}
