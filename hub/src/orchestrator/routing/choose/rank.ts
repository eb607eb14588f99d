import type { RoutingConfig } from '@counterpart/schemas';
import type { Tier } from '../../../kernel/ports.ts';
import { type Demand, estimateCost, type Situation } from './eligible.ts';
import { type Candidate, TIERS } from './tiers.ts';

/** The order in which candidates are tried, as the policy has it: those from the wanted tier up before those below. */
export function rank(
  candidates: readonly Candidate[],
  policy: RoutingConfig['policy'],
  wanted: Tier,
  context: { readonly demand: Demand; readonly situation: Situation },
): Candidate[] {
  const level = TIERS.indexOf(wanted);
  const isBelow = ({ tier }: Candidate) => TIERS.indexOf(tier) < level;
  const parts = [candidates.filter((one) => !isBelow(one)), candidates.filter(isBelow)];
  const valueOf = VALUES[policy];
  if (!valueOf) return parts.flat();
  return parts.flatMap((part) => {
    const value = valueOf(part, context);
    return part.toSorted((a, b) => value(a) - value(b));
  });
}

type Valuation = (
  part: readonly Candidate[],
  context: { readonly demand: Demand; readonly situation: Situation },
) => (candidate: Candidate) => number;

/** By policy: what is least goes first. Where nothing is said the given order stays. */
const VALUES: Readonly<Record<RoutingConfig['policy'], Valuation | undefined>> = {
  complexity: undefined,
  best: undefined,
  cheapest:
    (_, { demand }) =>
    ({ model }) =>
      estimateCost(model, demand.needs.contextTokens, demand.outputTokens),
  fastest: (part, { situation }) => {
    const known = part.flatMap(({ model }) => situation.medianMs(model) ?? []);
    // Nobody knows how fast a new one is: it is taken to be like the others, so that it is tried at all.
    const middle = known.reduce((sum, ms) => sum + ms, 0) / Math.max(1, known.length);
    return ({ model }) => situation.medianMs(model) ?? middle;
  },
};

/** How much better `best` is than `kept`, as a share of what `kept` takes; 0 where the policy weighs nothing. */
export function advantage(
  best: Candidate,
  kept: Candidate,
  policy: RoutingConfig['policy'],
  context: { readonly demand: Demand; readonly situation: Situation },
): number {
  const value = VALUES[policy]?.([best, kept], context);
  if (!value) return 0;
  const [least, own] = [value(best), value(kept)];
  return own <= 0 ? 0 : (own - least) / own;
}
