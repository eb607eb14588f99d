import type { RouteConstraints, RoutingConfig } from '@counterpart/schemas';
import type {
  Classification,
  DelegationReason,
  ModelInfo,
  ProviderHealth,
  RouteLimits,
} from '../../../kernel/ports.ts';
import { matchModel } from './tiers.ts';

/** How things stand while a choice is made: measured elsewhere, read here. */
export interface Situation {
  readonly now: number;
  readonly models: readonly ModelInfo[];
  readonly health: ReadonlyMap<string, ProviderHealth>;
  /** To the first token; undefined before the first answer. */
  readonly medianMs: (model: ModelInfo) => number | undefined;
  /** Of this machine; undefined: not known. */
  readonly freeMemoryMb: number | undefined;
  readonly spentTodayUsd: number;
}

/** What a request asks of every model. */
export interface Demand {
  readonly principal: string;
  readonly needs: Classification['needs'];
  /** Of this request, beyond the configuration's. */
  readonly limits: RouteLimits;
  readonly outputTokens: number;
  /** A model was asked for by name: what is only about comfort does not count. */
  readonly isNamed: boolean;
}

/** Why a model cannot answer: in words, and as what a move away from it is recorded. */
export interface Exclusion {
  readonly why: string;
  readonly reason: DelegationReason;
}

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** The constraints of the configuration with those of the request: the narrower of each. */
function narrowed(constraints: RouteConstraints, limits: RouteLimits): RouteConstraints {
  return {
    ...constraints,
    localOnly: constraints.localOnly || limits.localOnly === true,
    maxLatencyMs: least(constraints.maxLatencyMs, limits.maxLatencyMs),
    maxCostUsd: least(constraints.maxCostUsd, limits.maxCostUsd),
  };
}

/** Dollars that an answer is expected to cost. */
export const estimateCost = ({ price }: ModelInfo, inputTokens: number, outputTokens: number): number =>
  (price.input * inputTokens + price.output * outputTokens) / 1_000_000;

/** Whether what is sensitive must stay with local models, as the configuration has it. */
export function keepsLocal(rule: RoutingConfig['sensitive']['rule'], models: readonly ModelInfo[]): boolean {
  return rule === 'local' || (rule === 'local-if-any' && models.some(({ isLocal }) => isLocal));
}

type Check = (model: ModelInfo) => string | false;

/** Tests every model against all hard constraints; what it returns is undefined for a model that may answer. */
export function eligibility(
  routing: RoutingConfig,
  demand: Demand,
  situation: Situation,
): (model: ModelInfo) => Exclusion | undefined {
  const limits = narrowed(routing.constraints, demand.limits);
  const disabled = routing.disabled.map(matchModel);
  const rights = routing.rights[demand.principal]?.map(matchModel);
  const staysLocal = demand.needs.local && keepsLocal(routing.sensitive.rule, situation.models);
  const all: readonly (readonly [DelegationReason, Check])[] = [
    ['constraint', (model) => disabled.some((matches) => matches(model)) && 'it is switched off'],
    [
      'constraint',
      (model) =>
        rights !== undefined &&
        !rights.some((matches) => matches(model)) &&
        `${demand.principal} may not use it`,
    ],
    ['constraint', ({ isLocal }) => !isLocal && limits.localOnly && 'only local models may be asked'],
    [
      'constraint',
      ({ isLocal }) => !isLocal && staysLocal && 'what is sensitive is told to local models only',
    ],
    ['context', (model) => overContext(model, demand)],
    ['constraint', ({ takesTools }) => demand.needs.tools && !takesTools && 'it takes no tools'],
    ['constraint', ({ takesImages }) => demand.needs.images && !takesImages && 'it takes no images'],
    ['memory-pressure', (model) => overMemory(model, limits, situation.freeMemoryMb)],
    ['constraint', (model) => overBudget(model, demand, limits, situation.spentTodayUsd)],
  ];
  const comfort: readonly (readonly [DelegationReason, Check])[] = [
    ['failure', (model) => isOpen(model, situation)],
    ['latency', (model) => overLatency(model, limits.maxLatencyMs, situation)],
  ];
  const checks = demand.isNamed ? all : [...all, ...comfort];
  return (model) => {
    for (const [reason, check] of checks) {
      const why = check(model);
      if (why !== false) return { why, reason };
    }
    return undefined;
  };
}

function overContext({ contextTokens }: ModelInfo, { needs, outputTokens }: Demand): string | false {
  const needed = needs.contextTokens + Math.min(outputTokens, Math.floor(contextTokens / 4));
  return needed > contextTokens && `${needed} tokens do not fit into ${contextTokens}`;
}

function overMemory(
  { memoryMb }: ModelInfo,
  { maxMemoryMb, minFreeMemoryMb }: RouteConstraints,
  freeMb: number | undefined,
): string | false {
  if (memoryMb === undefined) return false;
  if (maxMemoryMb !== undefined && memoryMb > maxMemoryMb)
    return `it takes ${memoryMb} MB, more than ${maxMemoryMb}`;
  return (
    minFreeMemoryMb !== undefined &&
    freeMb !== undefined &&
    freeMb < minFreeMemoryMb &&
    `only ${Math.round(freeMb)} MB of memory are free`
  );
}

function overBudget(
  model: ModelInfo,
  { needs, outputTokens }: Demand,
  { maxCostUsd, budgetUsdPerDay }: RouteConstraints,
  spent: number,
): string | false {
  const cost = estimateCost(model, needs.contextTokens, outputTokens);
  if (cost === 0) return false;
  if (maxCostUsd !== undefined && cost > maxCostUsd)
    return `it would cost about $${cost.toFixed(4)}, more than $${maxCostUsd}`;
  return (
    budgetUsdPerDay !== undefined &&
    spent + cost > budgetUsdPerDay &&
    `$${spent.toFixed(2)} of $${budgetUsdPerDay} are spent today`
  );
}

function isOpen({ provider }: ModelInfo, { health, now }: Situation): string | false {
  const known = health.get(provider);
  if (known?.state !== 'open' || (known.retryAt !== undefined && known.retryAt <= now)) return false;
  const until = known.retryAt === undefined ? '' : ` until ${new Date(known.retryAt).toISOString()}`;
  return `its provider is left alone${until} after failures`;
}

function overLatency(model: ModelInfo, most: number | undefined, { medianMs }: Situation): string | false {
  const median = most === undefined ? undefined : medianMs(model);
  return (
    median !== undefined &&
    most !== undefined &&
    median > most &&
    `its median is ${Math.round(median)} ms, above ${most}`
  );
}
