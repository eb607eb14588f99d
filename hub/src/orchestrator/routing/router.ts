import type { CounterpartError, RouteRecord, RoutingConfig } from '@counterpart/schemas';
import { toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type {
  ChatRouter,
  Classification,
  DelegationReason,
  Generations,
  ModelInfo,
  RouteDecision,
  RouteMeter,
  RouteOutcome,
  RouteQuestion,
  Tier,
} from '../../kernel/ports.ts';
import { afterFailure } from './choose/after-failure.ts';
import { decide, type Decided, type Held } from './choose/decide.ts';
import { type Demand, eligibility, keepsLocal, type Situation } from './choose/eligible.ts';
import { readAsked, type Scope, matchModel, TIERS } from './choose/tiers.ts';
import { classifyByModel } from './classify/by-model.ts';
import { classify, compileRules, type Rules } from './classify/classify.ts';
import { readSaid } from './classify/said.ts';
import { conversationKey } from './conversation-key.ts';
import { rewardOf } from './learn/reward.ts';
import { Experience } from './state/experience.ts';
import { TierGates } from './state/gates.ts';
import { ConversationPins } from './state/pins.ts';
import type { RouteRecords } from './state/records.ts';

export interface RouterOptions {
  /** Read for every decision: a reload counts at once, and a decision that was made stays as it is. */
  readonly routing: () => RoutingConfig;
  readonly generations: Pick<Generations, 'models' | 'health' | 'generate'>;
  readonly clock: Clock;
  readonly records: RouteRecords;
  readonly meter: RouteMeter;
  /** Of this machine; undefined: not known. */
  readonly freeMemoryMb: () => number | undefined;
}

/** Nobody may answer, whatever the reason. */
const UNROUTABLE: ReadonlySet<string> = new Set(['ROUTE_IMPOSSIBLE', 'MODEL_OVER_CONTEXT']);
/** Decisions whose circumstances are remembered, for going on after a failure. */
const MOST_OPEN = 5_000;
/** What an answer is taken to have, when nobody limits it. */
const OUTPUT_TOKENS = 1_000;

/** What a decision was made from. */
interface Circumstances {
  /** Nothing of what was said: thousands of these are remembered. */
  readonly question: Pick<RouteQuestion, 'principal' | 'conversation'>;
  readonly key: string;
  readonly demand: Demand;
  readonly scope: Scope;
  readonly at: string;
  /** Tiers of its model and fallbacks. */
  readonly tiers: ReadonlyMap<string, Tier>;
}

/** The router of chats: see docs/routing.md for how it chooses. */
export class Router implements ChatRouter {
  readonly #options: RouterOptions;
  readonly #pins = new ConversationPins();
  readonly #experience: Experience;
  readonly #gates: TierGates;
  readonly #open = new Map<string, Circumstances>();
  readonly #compiled = new WeakMap<RoutingConfig, Rules>();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#experience = new Experience(() => options.routing().bandit);
    this.#gates = new TierGates(() => options.routing().tiers);
  }

  /** Takes up what earlier runs of the hub spent today and learnt. */
  async restore(): Promise<void> {
    const { records, clock } = this.#options;
    const midnight = new Date(clock.now()).toISOString().slice(0, 10);
    this.#experience.spending.add(await records.spentSince(midnight), clock.now());
    for (const record of (await records.list(REMEMBERED)).toReversed()) {
      const { outcome } = record;
      if (outcome) this.#experience.learn(record.classification, outcome);
    }
  }

  async prepare(question: RouteQuestion, signal: AbortSignal): Promise<RouteQuestion> {
    const routing = this.#options.routing();
    const wanted = routing.classifier.model;
    const models = this.#options.generations.models();
    const model = wanted === undefined ? undefined : models.find(matchModel(wanted));
    if (!model || question.classification !== undefined || this.#isLocked(question)) return question;
    const byRules = classify(question, this.#rules(routing));
    const mustStay =
      routing.constraints.localOnly || (byRules.needs.local && keepsLocal(routing.sensitive.rule, models));
    if (mustStay && !model.isLocal) return { ...question, classification: byRules };
    const { generate } = this.#options.generations;
    const text = readSaid(question.items).question;
    const classification = await classifyByModel(text, byRules, {
      generate: (request, options) => generate.call(this.#options.generations, request, options),
      model,
      routing,
      signal,
    });
    return { ...question, classification };
  }

  choose(question: RouteQuestion): RouteDecision {
    const made = this.#make(question);
    this.#enter(made.decision, made.circumstances);
    return made.decision;
  }

  /** The decision that would be made, with nothing kept of it. Throws as `choose` does. */
  explain(question: RouteQuestion): RouteRecord {
    const { decision, circumstances } = this.#make(question);
    return this.#record(decision, circumstances);
  }

  next(decision: RouteDecision, failure: CounterpartError): RouteDecision | undefined {
    const circumstances = this.#open.get(decision.id);
    const failed = this.#model(decision.model);
    if (!circumstances || !failed) return undefined;
    const { demand } = circumstances;
    const judge = eligibility(this.#options.routing(), demand, this.#situation());
    const left = decision.fallbacks
      .flatMap((id) => this.#model(id) ?? [])
      .filter((model) => judge(model) === undefined);
    const found = afterFailure(failure, failed, left);
    if (!found) return undefined;
    const [first, ...rest] = found.order;
    const others = left.filter((model) => model !== first && !rest.includes(model));
    const moved: RouteDecision = {
      ...decision,
      id: newId(),
      tier: circumstances.tiers.get(first.id) ?? decision.tier,
      model: first.id,
      fallbacks: [...rest, ...others].map(({ id }) => id),
      delegated: { from: decision.model, to: first.id, reason: found.reason },
      pinned: undefined,
    };
    this.#enter(moved, circumstances);
    return moved;
  }

  escalate(decision: RouteDecision, reason: DelegationReason): RouteDecision | undefined {
    const circumstances = this.#open.get(decision.id);
    const above = TIERS[TIERS.indexOf(decision.tier) + 1];
    if (!circumstances || circumstances.scope.kind === 'named' || above === undefined) return undefined;
    try {
      const scope: Scope = { kind: 'tier', tier: above };
      const { tiers, ...decided } = this.#decided({
        ...circumstances,
        scope,
        classification: decision.classification,
        held: NOTHING_HELD,
      });
      const delegated = { from: decision.tier, to: decided.tier, reason };
      const raised: RouteDecision = { ...decision, ...decided, id: newId(), delegated, pinned: undefined };
      this.#enter(raised, { ...circumstances, tiers });
      return raised;
    } catch (thrown) {
      if (UNROUTABLE.has(toCounterpartError(thrown).code)) return undefined;
      throw thrown;
    }
  }

  admit(decision: RouteDecision, signal: AbortSignal): Promise<() => void> {
    return this.#gates.enter(decision.tier, decision.classification.category, signal);
  }

  observe(decision: RouteDecision, outcome: RouteOutcome): void {
    const { records, meter, clock } = this.#options;
    const form = this.#options.routing().reward.uncertainty;
    const reward = rewardOf({ outcome, complexity: decision.classification.complexity, form });
    this.#experience.spending.add(outcome.costUsd, clock.now());
    this.#experience.learn(decision.classification, outcome);
    meter.ended(decision, outcome, { reward, contextTokens: this.#model(outcome.model)?.contextTokens });
    const circumstances = this.#open.get(decision.id);
    if (!circumstances) return;
    const { usage, toolCalls, ...rest } = outcome;
    const ended = {
      ...rest,
      inputTokens: usage.input,
      outputTokens: usage.output,
      toolCalls: [...toolCalls],
      reward,
    };
    records.keep({ ...this.#record(decision, circumstances), outcome: ended });
  }

  /** Median milliseconds to the first token of a model; undefined before its first answer. */
  medianMs(model: ModelInfo): number | undefined {
    return this.#situation().medianMs(model);
  }

  spentTodayUsd(): number {
    return this.#experience.spending.today(this.#options.clock.now());
  }

  #model(id: string): ModelInfo | undefined {
    return this.#options.generations.models().find((model) => model.id === id);
  }

  #rules(routing: RoutingConfig): Rules {
    const known = this.#compiled.get(routing);
    const rules = known ?? compileRules(routing);
    if (!known) this.#compiled.set(routing, rules);
    return rules;
  }

  #isLocked({ locked, items }: RouteQuestion): boolean {
    return locked ?? items.at(-1)?.type === 'function_call_output';
  }

  #situation(): Situation {
    const { generations, clock, freeMemoryMb } = this.#options;
    const health = new Map(generations.health().map((one) => [one.provider, one]));
    return {
      now: clock.now(),
      models: generations.models(),
      health,
      medianMs: ({ id, provider }) => this.#experience.medianMs(id) ?? health.get(provider)?.firstTokenMs,
      freeMemoryMb: freeMemoryMb(),
      spentTodayUsd: this.spentTodayUsd(),
    };
  }

  #make(question: RouteQuestion): { decision: RouteDecision; circumstances: Circumstances } {
    const began = performance.now();
    const routing = this.#options.routing();
    const scope = readAsked(question.asked, this.#options.generations.models());
    const classification = question.classification ?? classify(question, this.#rules(routing));
    const key = conversationKey(question);
    const now = this.#options.clock.now();
    const pins = this.#pins.of(key, now, routing.stickiness.ttlMs);
    const held = {
      pinOf: (tier: Tier) => pins?.byTier.get(tier),
      last: pins?.last,
      isLocked: this.#isLocked(question),
    };
    const demand: Demand = {
      principal: question.principal,
      needs: classification.needs,
      limits: question.limits ?? {},
      outputTokens: question.settings?.maxTokens ?? OUTPUT_TOKENS,
      isNamed: scope.kind === 'named',
    };
    const { tiers, ...decided } = this.#decided({ scope, classification, demand, held });
    const { principal, conversation } = question;
    const tookMs = Math.round((performance.now() - began) * 1_000) / 1_000;
    const decision = { id: newId(), asked: question.asked, classification, ...decided, tookMs };
    return {
      decision,
      circumstances: {
        question: { principal, conversation },
        key,
        demand,
        scope,
        at: new Date(now).toISOString(),
        tiers,
      },
    };
  }

  #decided(of: {
    readonly scope: Scope;
    readonly classification: Classification;
    readonly demand: Demand;
    readonly held: Held;
  }): Decided {
    const routing = this.#options.routing();
    return decide({
      ...of,
      routing,
      situation: this.#situation(),
      isFull: (tier) => routing.tiers[tier].whenFull === 'delegate' && this.#gates.isFull(tier),
      reorder: (candidates) => this.#experience.reorder(of.classification.category, candidates),
    });
  }

  /** From now on the decision counts. */
  #enter(decision: RouteDecision, circumstances: Circumstances): void {
    const { meter, records, clock } = this.#options;
    this.#open.set(decision.id, circumstances);
    if (this.#open.size > MOST_OPEN) this.#open.delete(this.#open.keys().next().value ?? '');
    this.#pins.keep(circumstances.key, decision, clock.now());
    meter.decided(decision);
    records.keep(this.#record(decision, circumstances));
  }

  #record(decision: RouteDecision, { question, at }: Circumstances): RouteRecord {
    const { classification } = decision;
    return {
      ...decision,
      at,
      principal: question.principal,
      conversation: question.conversation,
      classification: {
        ...classification,
        needs: { ...classification.needs },
        signals: { ...classification.signals },
      },
      fallbacks: [...decision.fallbacks],
      delegated: decision.delegated && { ...decision.delegated },
      excluded: [...decision.excluded],
    };
  }
}

/** Runs before that are learnt from when the hub starts. */
const REMEMBERED = 1_000;
const NOTHING_HELD: Held = { pinOf: () => undefined, last: undefined, isLocked: false };
