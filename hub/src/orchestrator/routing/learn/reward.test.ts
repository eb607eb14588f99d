import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { rewardOf, routeValueOf, toolTermOf, uncertaintyOf } from './reward.ts';

const call = (name: string, isError = false) => ({ name, isError, durationMs: 1 });
const outcome = { outcome: 'ok', toolCalls: [], costUsd: 0, agreement: 1 } as const;

test('the reward of a run is half its uncertainty, 0.3 of its tools, 0.2 of what it saved, exactly', () => {
  verifies('L02');
  const cases = [
    [{ ...outcome }, 0, 'disagreement', 0.2],
    [{ ...outcome, agreement: 0.6 }, 0, 'disagreement', 0.5 * 0.4 + 0.2],
    [{ ...outcome, agreement: 0.6 }, 0, 'frontier', 0.5 * 0.8 + 0.2],
    [{ ...outcome, agreement: 0.5 }, 0, 'frontier', 0.7],
    [{ ...outcome, agreement: undefined }, 0, 'frontier', 0.45],
    [{ ...outcome, costUsd: 1 }, 0, 'disagreement', 0.1],
    [{ ...outcome, toolCalls: [call('a'), call('b')] }, 0.5, 'disagreement', 0.3 * 0.5 + 0.2],
    [
      { ...outcome, toolCalls: [call('a'), call('a'), call('b', true), call('c')] },
      0.8,
      'disagreement',
      0.3 * 0.5 * 0.8 + 0.2,
    ],
    [{ ...outcome, agreement: 0, toolCalls: [call('a')] }, 1, 'disagreement', 1],
  ] as const;
  for (const [run, complexity, form, reward] of cases)
    expect(rewardOf({ outcome: run, complexity, form })).toBeCloseTo(reward, 12);
});

test('uncertainty has two forms: disagreement grows to the end, the frontier is where samples are split', () => {
  const shares = [0, 0.25, 0.5, 0.75, 1];
  expect(shares.map((share) => uncertaintyOf(share, 'disagreement'))).toEqual([1, 0.75, 0.5, 0.25, 0]);
  expect(shares.map((share) => uncertaintyOf(share, 'frontier'))).toEqual([0, 0.5, 1, 0.5, 0]);
});

test('tools that fail add nothing, and neither does calling one again', () => {
  expect(toolTermOf([call('a', true)], 1)).toBe(0);
  expect(toolTermOf([call('a'), call('a')], 1)).toBe(0.5);
});

test('a route earns by being sure, by tools and by being cheap, and nothing by failing', () => {
  expect(routeValueOf({ outcome, complexity: 0, form: 'disagreement' })).toBeCloseTo(0.7, 12);
  expect(
    routeValueOf({ outcome: { ...outcome, agreement: 0.2 }, complexity: 0, form: 'frontier' }),
  ).toBeCloseTo(0.3, 12);
  expect(
    routeValueOf({ outcome: { ...outcome, outcome: 'failed' }, complexity: 1, form: 'disagreement' }),
  ).toBe(0);
});
