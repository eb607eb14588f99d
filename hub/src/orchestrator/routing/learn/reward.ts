import type { RoutingConfig } from '@counterpart/schemas';
import type { RouteOutcome } from '../../../kernel/ports.ts';

export type UncertaintyForm = RoutingConfig['reward']['uncertainty'];

/** With a single answer nobody knows how sure it is. */
const UNKNOWN = 0.5;

/**
 * How unsure samples are of which the share `agreement` (0 to 1) says the same: `disagreement` is 1 − p; `frontier` is
 * 1 − 2·|p − 0.5|, greatest where they are split evenly, as for choosing what to learn from. Without samples: 0.5.
 */
export function uncertaintyOf(agreement: number | undefined, form: UncertaintyForm): number {
  if (agreement === undefined) return UNKNOWN;
  return form === 'disagreement' ? 1 - agreement : 1 - 2 * Math.abs(agreement - 0.5);
}

/** Diversity (different tools that worked, of all calls) times difficulty (the complexity of the question); 0 without calls. */
export function toolTermOf(calls: RouteOutcome['toolCalls'], complexity: number): number {
  if (calls.length === 0) return 0;
  const worked = new Set(calls.filter(({ isError }) => !isError).map(({ name }) => name));
  return (worked.size / calls.length) * complexity;
}

/** What a run is judged by. */
export interface RewardInput {
  readonly outcome: Pick<RouteOutcome, 'outcome' | 'toolCalls' | 'costUsd' | 'agreement'>;
  /** Of the question. */
  readonly complexity: number;
  readonly form: UncertaintyForm;
}

const WEIGHTS = { uncertainty: 0.5, tool: 0.3, cost: 0.2 };

/** R = 0.5·uncertainty + 0.3·tool + 0.2·1/(1 + dollars), from 0 to 1: how much a run can teach. */
export function rewardOf({ outcome, complexity, form }: RewardInput): number {
  return (
    WEIGHTS.uncertainty * uncertaintyOf(outcome.agreement, form) +
    WEIGHTS.tool * toolTermOf(outcome.toolCalls, complexity) +
    WEIGHTS.cost / (1 + outcome.costUsd)
  );
}

/**
 * What a route earned, from 0 to 1: the same terms with certainty in the place of uncertainty, and nothing for a failure. A
 * bandit that maximised the reward itself would prefer the models that contradict themselves.
 */
export function routeValueOf(input: RewardInput): number {
  if (input.outcome.outcome !== 'ok') return 0;
  const uncertainty = uncertaintyOf(input.outcome.agreement, 'disagreement');
  const own = rewardOf({ ...input, form: 'disagreement' });
  return own + WEIGHTS.uncertainty * (1 - 2 * uncertainty);
}
