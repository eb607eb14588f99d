import { hubError, type RoutingConfig } from '@counterpart/schemas';
import type { Classification, DelegationReason, RouteDecision, Tier } from '../../../kernel/ports.ts';
import { type Demand, eligibility, type Exclusion, type Situation } from './eligible.ts';
import { advantage, rank } from './rank.ts';
import { type Candidate, modelsOf, type Scope, TIERS, tiersFrom, tierTable } from './tiers.ts';

/** What the conversation had before. */
export interface Held {
  /** The model of this tier. */
  pinOf(tier: Tier): string | undefined;
  /** What answered last. */
  readonly last: { readonly tier: Tier; readonly model: string } | undefined;
  /** Tools are being called: whoever began goes on. */
  readonly isLocked: boolean;
}

/** All that a choice depends on. */
export interface Choice {
  readonly routing: RoutingConfig;
  readonly scope: Scope;
  readonly classification: Classification;
  readonly demand: Demand;
  readonly situation: Situation;
  readonly held: Held;
  /** The tier answers as many as it may, and others are to take over. */
  readonly isFull: (tier: Tier) => boolean;
  /** Another order of the models of a tier, such as what was learnt. */
  readonly reorder: (candidates: readonly Candidate[]) => readonly Candidate[];
}

export type Decided = Pick<
  RouteDecision,
  'tier' | 'model' | 'fallbacks' | 'delegated' | 'excluded' | 'pinned'
> & {
  /** Tiers of the fallbacks, by model. */
  readonly tiers: ReadonlyMap<string, Tier>;
};

/** The tier that complexity asks for; one that was in use is left only when complexity is clearly below it. */
function tierByComplexity(
  complexity: number,
  { thresholds, stickiness }: Pick<RoutingConfig, 'thresholds' | 'stickiness'>,
  last: Tier | undefined,
): Tier {
  const at = (share: number): Tier => {
    if (share >= thresholds.ultra) return 'ultra';
    return share >= thresholds.heavy ? 'heavy' : 'standard';
  };
  const plain = at(complexity);
  if (last === undefined || !stickiness.enabled || complexity === 0) return plain;
  const lenient = at(complexity + stickiness.switchMargin);
  return TIERS.indexOf(last) > TIERS.indexOf(plain) && TIERS.indexOf(last) <= TIERS.indexOf(lenient)
    ? last
    : plain;
}

function wantedTier({ routing, scope, classification, held }: Choice): Tier {
  if (scope.kind === 'tier') return scope.tier;
  const own = routing.categories[classification.category]?.tier;
  if (own !== undefined) return own;
  if (routing.policy === 'best') return 'ultra';
  return tierByComplexity(classification.complexity, routing, held.last?.tier);
}

/** Models in the order of preference, whether they are eligible or not. */
function candidatesOf(choice: Choice, wanted: Tier): Candidate[] {
  const { routing, scope, situation, classification, reorder } = choice;
  const table = tierTable(routing, situation.models);
  const tierOf = (id: string): Tier =>
    tiersFrom(wanted, true).find((tier) => table[tier].some((model) => model.id === id)) ?? wanted;
  if (scope.kind === 'named') return scope.models.map((model) => ({ model, tier: tierOf(model.id) }));
  const byTier = tiersFrom(wanted, scope.kind === 'auto').flatMap((tier) => [
    ...reorder(table[tier].map((model) => ({ model, tier }))),
  ]);
  const ranked = rank(byTier, routing.policy, wanted, choice);
  const preferred =
    scope.kind === 'auto'
      ? modelsOf(patternsOf(routing, classification.category), situation.models).map((model) => ({
          model,
          tier: tierOf(model.id),
        }))
      : [];
  const ids = new Set(preferred.map(({ model }) => model.id));
  return unique([...preferred, ...ranked.filter(({ model }) => !ids.has(model.id))]);
}

/** Models a category is assigned to, as patterns. */
export function patternsOf({ categories }: Pick<RoutingConfig, 'categories'>, category: string): string[] {
  const own = categories[category];
  if (!own) return [];
  const { provider, model, models = [] } = own;
  const whole = (name: string) =>
    provider === undefined || name.startsWith(`${provider}/`) ? name : `${provider}/${name}`;
  const named = [...(model === undefined ? [] : [model]), ...models].map(whole);
  return named.length > 0 || provider === undefined ? named : [provider];
}

/** Each model once, where it stands first. */
function unique(list: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return list.filter(({ model }) => !seen.has(model.id) && seen.add(model.id));
}

/** Chooses: pure. Throws ROUTE_IMPOSSIBLE with what every model lacks, MODEL_OVER_CONTEXT where less to read would do. */
export function decide(choice: Choice): Decided {
  const { routing, demand, situation } = choice;
  const wanted = wantedTier(choice);
  const candidates = candidatesOf(choice, wanted);
  const judge = eligibility(routing, demand, situation);
  const verdicts = new Map(candidates.map(({ model }) => [model.id, judge(model)]));
  const excluded = candidates.flatMap(({ model: { id } }) => {
    const verdict = verdicts.get(id);
    return verdict ? [{ model: id, why: verdict.why }] : [];
  });
  const tooSmall = candidates.filter(({ model }) => verdicts.get(model.id)?.reason === 'context');
  const eligible = candidates.filter(({ model }) => verdicts.get(model.id) === undefined);
  if (eligible.length === 0) throw impossible(choice, excluded, tooSmall);
  const { order, moved } = preferQuick(choice, eligible, wanted);
  const { chosen, pinned } = stay(choice, order);
  const first = candidates[0];
  const cause =
    first && first.model.id !== chosen.model.id
      ? (verdicts.get(first.model.id) ?? moved.get(first.model.id))
      : undefined;
  return {
    tier: chosen.tier,
    model: chosen.model.id,
    fallbacks: order.filter(({ model }) => model.id !== chosen.model.id).map(({ model }) => model.id),
    excluded,
    tiers: new Map(order.map(({ model, tier }) => [model.id, tier])),
    ...(pinned && { pinned }),
    delegated: pinned === 'locked' ? undefined : delegation(choice, { chosen, first, cause, wanted }),
  };
}

const MOST_NAMED = 6;

function impossible({ scope }: Choice, excluded: Decided['excluded'], tooSmall: readonly Candidate[]) {
  const what =
    scope.kind === 'tier' ? `no model of tier ${scope.tier} or above is configured` : 'no tier has a model';
  if (excluded.length === 0) return hubError('ROUTE_IMPOSSIBLE', { detail: what });
  const named = excluded.slice(0, MOST_NAMED).map(({ model, why }) => `${model}: ${why}`);
  const more = excluded.length > MOST_NAMED ? [`and ${excluded.length - MOST_NAMED} more`] : [];
  const detail = [...named, ...more].join('; ');
  const [largest] = tooSmall.toSorted((a, b) => b.model.contextTokens - a.model.contextTokens);
  if (largest === undefined) return hubError('ROUTE_IMPOSSIBLE', { detail });
  const [only, ...others] = excluded;
  return hubError('MODEL_OVER_CONTEXT', {
    model: largest.model.id,
    detail: only !== undefined && others.length === 0 ? only.why : detail,
  });
}

/** Slow models and full tiers go to the back, not out: better late than never. */
function preferQuick(
  { routing, situation, isFull, scope }: Choice,
  eligible: readonly Candidate[],
  wanted: Tier,
): { order: readonly Candidate[]; moved: ReadonlyMap<string, Exclusion> } {
  const threshold = routing.constraints.delegationLatencyThresholdMs;
  const moved = new Map<string, Exclusion>();
  if (scope.kind === 'named') return { order: eligible, moved };
  for (const { model, tier } of eligible) {
    const median = situation.medianMs(model);
    if (threshold !== undefined && median !== undefined && median > threshold)
      moved.set(model.id, { why: `its median is ${median} ms`, reason: 'latency' });
    else if (isFull(tier)) moved.set(model.id, { why: `tier ${tier} is full`, reason: 'capacity' });
  }
  const level = TIERS.indexOf(wanted);
  const isBelow = ({ tier }: Candidate) => TIERS.indexOf(tier) < level;
  const rankOf = (one: Candidate) => (isBelow(one) ? 2 : 0) + (moved.has(one.model.id) ? 1 : 0);
  return { order: eligible.toSorted((a, b) => rankOf(a) - rankOf(b)), moved };
}

/** A conversation keeps its model: always in the middle of tool calls, else unless another is clearly better. */
function stay(
  choice: Choice,
  order: readonly Candidate[],
): { chosen: Candidate; pinned: RouteDecision['pinned'] } {
  const { held, routing, scope } = choice;
  const [best] = order;
  if (!best) throw hubError('ROUTE_IMPOSSIBLE', { detail: 'no model is left' });
  const last = held.isLocked ? order.find(({ model }) => model.id === held.last?.model) : undefined;
  if (last) return { chosen: { ...last, tier: held.last?.tier ?? last.tier }, pinned: 'locked' };
  if (!routing.stickiness.enabled || scope.kind === 'named') return { chosen: best, pinned: undefined };
  const pin = held.pinOf(best.tier);
  const kept = order.find(({ model, tier }) => model.id === pin && tier === best.tier);
  if (!kept || (kept !== best && isClearlyBetter(choice, best, kept)))
    return { chosen: best, pinned: undefined };
  return { chosen: kept, pinned: 'sticky' };
}

function isClearlyBetter(choice: Choice, best: Candidate, kept: Candidate): boolean {
  const { policy, stickiness } = choice.routing;
  if (slow(choice, kept) && !slow(choice, best)) return true;
  return advantage(best, kept, policy, choice) > stickiness.switchMargin;
}

const slow = ({ routing, situation }: Choice, { model }: Candidate): boolean =>
  (situation.medianMs(model) ?? 0) > (routing.constraints.delegationLatencyThresholdMs ?? Infinity);

interface Move {
  readonly chosen: Candidate;
  readonly first: Candidate | undefined;
  readonly cause: Exclusion | undefined;
  readonly wanted: Tier;
}

function delegation(
  { scope, routing, classification }: Choice,
  { chosen, first, cause, wanted }: Move,
): RouteDecision['delegated'] {
  const move = (from: string, to: string, reason: DelegationReason) => ({ from, to, reason });
  if (scope.kind === 'named') {
    const tier = tierByComplexity(classification.complexity, routing, undefined);
    return move(tier, chosen.model.id, 'override');
  }
  if (cause && first) return move(first.model.id, chosen.model.id, cause.reason);
  const byDifficulty =
    scope.kind === 'auto' &&
    routing.policy !== 'best' &&
    routing.categories[classification.category]?.tier === undefined;
  return byDifficulty && wanted !== 'standard' && chosen.tier === wanted
    ? move('standard', wanted, 'complexity')
    : undefined;
}
