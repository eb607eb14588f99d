import type { CounterpartError } from '@counterpart/schemas';
import type { DelegationReason, ModelInfo } from '../../../kernel/ports.ts';

interface Rule {
  readonly reason: DelegationReason;
  /** What could do no better is not asked. */
  fits(candidate: ModelInfo, failed: ModelInfo): boolean;
  /** Who is asked first of those that fit. */
  prefers(candidate: ModelInfo, failed: ModelInfo): boolean;
}

const anyone = () => true;
const elsewhere = (candidate: ModelInfo, failed: ModelInfo) => candidate.provider !== failed.provider;

/** What goes on with another model after which failure; what is not here is not the model's fault. */
const RULES: Readonly<Record<string, Rule>> = {
  // One address serves all models of a provider.
  MODEL_UNREACHABLE: { reason: 'failure', fits: elsewhere, prefers: anyone },
  MODEL_OVER_QUOTA: { reason: 'failure', fits: anyone, prefers: elsewhere },
  // A wrong key is the provider's, a wrong name the model's own.
  MODEL_REFUSED: { reason: 'failure', fits: anyone, prefers: elsewhere },
  MODEL_MISSING: { reason: 'failure', fits: anyone, prefers: elsewhere },
  MODEL_SLOW: { reason: 'latency', fits: anyone, prefers: elsewhere },
  MODEL_OVER_CONTEXT: {
    reason: 'context',
    fits: (candidate, failed) => candidate.contextTokens > failed.contextTokens,
    prefers: anyone,
  },
};

/** Who goes on after this failure, the best first, and how the move is recorded; undefined: nobody could do better. */
export function afterFailure(
  failure: CounterpartError,
  failed: ModelInfo,
  candidates: readonly ModelInfo[],
): { readonly reason: DelegationReason; readonly order: readonly [ModelInfo, ...ModelInfo[]] } | undefined {
  const rule = RULES[failure.code];
  if (!rule) return undefined;
  const fitting = candidates.filter((candidate) => rule.fits(candidate, failed));
  const later = (candidate: ModelInfo) => (rule.prefers(candidate, failed) ? 0 : 1);
  const [first, ...rest] = fitting.toSorted((a, b) => later(a) - later(b));
  return first && { reason: rule.reason, order: [first, ...rest] };
}
