import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { createBandit, mulberry32 } from './bandit.ts';

/** Routes whose true worth nobody told, and runs whose reward is their worth with noise. */
const WORTH = { 'chat|a': 0.45, 'chat|b': 0.72, 'chat|c': 0.6 };
const ROUNDS = 2_000;

function earn(
  choose: (arms: string[]) => string,
  learn: (arm: string, value: number) => void,
  seed: number,
): number {
  const random = mulberry32(seed);
  const arms = Object.keys(WORTH);
  let sum = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const arm = choose(arms);
    const worth = Object.entries(WORTH).find(([name]) => name === arm)?.[1] ?? 0;
    const value = random() < worth ? 1 : 0;
    learn(arm, value);
    sum += value;
  }
  return sum / ROUNDS;
}

test.each(['thompson', 'ucb'] as const)(
  '%s earns more than any order that stays as it is, but for the best one, on every seed',
  (kind) => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const bandit = createBandit({ kind, seed });
      const learnt = earn(
        (arms) => bandit.pull(arms)[0] ?? '',
        (arm, value) => bandit.learn(arm, value),
        seed + 100,
      );
      const fixed = earn(
        (arms) => arms[0] ?? '',
        () => undefined,
        seed + 100,
      );
      const shuffled = mulberry32(seed);
      const random = earn(
        (arms) => arms[Math.floor(shuffled() * arms.length)] ?? '',
        () => undefined,
        seed + 100,
      );
      expect(learnt).toBeGreaterThan(fixed + 0.15);
      expect(learnt).toBeGreaterThan(random + 0.05);
    }
  },
);

test('when the best route becomes the worst, it is left', () => {
  const bandit = createBandit({ kind: 'thompson', seed: 3 });
  for (let round = 0; round < 50; round += 1) bandit.learn('a', 0.9);
  for (let round = 0; round < 400; round += 1) bandit.learn(bandit.pull(['a', 'b'])[0] ?? '', 0.1);
  const first = Array.from({ length: 100 }, () => bandit.pull(['a', 'b'])[0]);
  expect(first).toContain('b');
});

test('the same seed and history choose the same', () => {
  verifies('L04');
  const run = () => {
    const bandit = createBandit({ kind: 'thompson', seed: 9 });
    return Array.from({ length: 50 }, (_, index) => {
      const order = bandit.pull(['a', 'b', 'c']);
      bandit.learn(order[0] ?? '', (index % 3) / 2);
      return order.join();
    });
  };
  expect(run()).toEqual(run());
});
