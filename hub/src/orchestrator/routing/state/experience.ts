import type { RoutingConfig } from '@counterpart/schemas';
import type { Classification, RouteOutcome } from '../../../kernel/ports.ts';
import { MedianWindow } from '../../providers/limits/median-window.ts';
import type { Candidate } from '../choose/tiers.ts';
import { type Bandit, createBandit } from '../learn/bandit.ts';
import { routeValueOf } from '../learn/reward.ts';
import { Spending } from './spending.ts';

type Outcome = Pick<
  RouteOutcome,
  'model' | 'outcome' | 'toolCalls' | 'costUsd' | 'agreement' | 'firstTokenMs'
>;

/** Answers of each model whose times are remembered. */
const WINDOW = 31;

const armOf = (category: string, model: string): string => `${category}|${model}`;

/** What earlier answers tell of models: how quick they were, what they cost, what they earned. */
export class Experience {
  readonly #settings: () => RoutingConfig['bandit'];
  /** Times to the first token, by model. */
  readonly #times = new Map<string, MedianWindow>();
  readonly spending = new Spending();
  #learner: { readonly of: string; readonly bandit: Bandit } | undefined;

  constructor(settings: () => RoutingConfig['bandit']) {
    this.#settings = settings;
  }

  /** Milliseconds to the first token; undefined before the first answer. */
  medianMs(model: string): number | undefined {
    return this.#times.get(model)?.median;
  }

  /** A cancelled run says nothing of the model's worth. */
  learn({ category, complexity }: Pick<Classification, 'category' | 'complexity'>, outcome: Outcome): void {
    if (outcome.firstTokenMs !== undefined) this.#time(outcome.model, outcome.firstTokenMs);
    if (outcome.outcome === 'cancelled') return;
    const value = routeValueOf({ outcome, complexity, form: 'disagreement' });
    this.#bandit().learn(armOf(category, outcome.model), value);
  }

  /** Models of a tier, the one that earned most first, where that is switched on. */
  reorder(category: string, candidates: readonly Candidate[]): readonly Candidate[] {
    if (!this.#settings().enabled || candidates.length < 2) return candidates;
    const order = this.#bandit().pull(candidates.map(({ model }) => armOf(category, model.id)));
    const place = ({ model }: Candidate) => order.indexOf(armOf(category, model.id));
    return candidates.toSorted((a, b) => place(a) - place(b));
  }

  #time(model: string, ms: number): void {
    const times = this.#times.get(model) ?? new MedianWindow(WINDOW);
    times.add(ms);
    this.#times.set(model, times);
  }

  #bandit(): Bandit {
    const { kind, seed } = this.#settings();
    const of = `${kind} ${seed}`;
    if (this.#learner?.of !== of) this.#learner = { of, bandit: createBandit({ kind, seed }) };
    return this.#learner.bandit;
  }
}
