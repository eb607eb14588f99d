import { RoutingConfig } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { classify, compileRules } from '../hub/src/orchestrator/routing/classify/classify.ts';
import { heldOut, type Labelled, tuned } from './fixtures/routing/corpus.ts';

const rules = compileRules(RoutingConfig.parse({}));

function judge({ text, category, tiers, tools, local }: Labelled): string[] {
  const found = classify(
    { items: [{ type: 'message', role: 'user', content: [{ type: 'text', text }] }], toolCount: 5 },
    rules,
  );
  const tier = found.complexity < 0.3 ? 's' : found.complexity < 0.7 ? 'h' : 'u';
  return [
    ...(found.category === category ? [] : [`category ${found.category}: ${text}`]),
    ...(tiers.includes(tier) ? [] : [`tier ${tier} (${found.complexity}): ${text}`]),
    ...(tools && !found.needs.tools ? [`tools: ${text}`] : []),
    ...(local === found.needs.local ? [] : [`local ${found.needs.local}: ${text}`]),
  ];
}

test('the questions the rules were written with are classified as labelled', () => {
  expect(tuned.length).toBeGreaterThanOrEqual(75);
  expect(tuned.flatMap(judge).length).toBeLessThanOrEqual(1);
});

test('of the questions held out at least nine in ten are classified right in every respect, and none that is sensitive is missed', () => {
  expect(heldOut.length).toBeGreaterThanOrEqual(75);
  const wrong = heldOut.filter((question) => judge(question).length > 0);
  expect(wrong.length / heldOut.length).toBeLessThanOrEqual(0.1);
  expect(heldOut.flatMap(judge).filter((problem) => problem.startsWith('local false'))).toEqual([]);
});
