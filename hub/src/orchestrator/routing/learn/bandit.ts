import type { RoutingConfig } from '@counterpart/schemas';

/** Chooses between routes by what they earned: `pull` orders them, `learn` tells what one earned (0 to 1). */
export interface Bandit {
  /** The arms, the one to try first in front. */
  pull(arms: readonly string[]): string[];
  learn(arm: string, value: number): void;
}

interface Arm {
  pulls: number;
  sum: number;
}

/** Arms that are remembered; the one that was told of longest ago goes first. */
const MOST_ARMS = 2_000;
/** How much UCB trusts what it has not tried; values are between 0 and 1 and seldom spread wider. */
const EXPLORATION = 0.5;

/** A bandit of the configured kind; the same seed and the same history choose the same. */
export function createBandit({ kind, seed }: Pick<RoutingConfig['bandit'], 'kind' | 'seed'>): Bandit {
  const arms = new Map<string, Arm>();
  /** Mostly the same one learns again and again. */
  let newest: string | undefined;
  const random = mulberry32(seed);
  const of = (name: string): Arm => arms.get(name) ?? { pulls: 0, sum: 0 };
  const scores = {
    thompson: ({ pulls, sum }: Arm) => beta(1 + sum, 1 + pulls - sum, random),
    ucb: ({ pulls, sum }: Arm, total: number) =>
      pulls === 0 ? Infinity : sum / pulls + EXPLORATION * Math.sqrt(Math.log(Math.max(2, total)) / pulls),
  };
  return {
    pull(names) {
      const total = names.reduce((count, name) => count + of(name).pulls, 0);
      return names
        .map((name) => ({ name, score: scores[kind](of(name), total) }))
        .toSorted((a, b) => b.score - a.score || 0)
        .map(({ name }) => name);
    },
    learn(name, value) {
      const arm = of(name);
      arm.pulls += 1;
      arm.sum += Math.min(1, Math.max(0, value));
      if (name === newest) return;
      newest = name;
      arms.delete(name);
      arms.set(name, arm);
      if (arms.size > MOST_ARMS) arms.delete(arms.keys().next().value ?? '');
    },
  };
}

/** Mulberry32: small, quick, and the same everywhere. From 0 (inclusive) to 1. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A sample of Beta(a, b), a and b at least 1, by two gammas. */
function beta(a: number, b: number, random: () => number): number {
  const [x, y] = [gamma(a, random), gamma(b, random)];
  return x / (x + y);
}

/** Marsaglia and Tsang (2000), for shapes of at least 1. */
function gamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Box and Muller (1958). */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
