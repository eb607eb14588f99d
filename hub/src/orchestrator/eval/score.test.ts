import { EvalCase } from '@counterpart/schemas/chat/eval';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { reportOf, scoreCase, type WatchedAnswer } from './score.ts';

const question = (
  tools: readonly { name: string; arguments?: object }[],
  facts: readonly string[] = [],
): EvalCase => EvalCase.parse({ messages: [{ role: 'user', content: 'what?' }], expect: { tools, facts } });
const answer = (calls: WatchedAnswer['calls'], text = ''): WatchedAnswer => ({
  text,
  calls,
  rounds: 2,
  costUsd: 0.01,
  tokens: 100,
  durationMs: 5,
});

test('a known confusion matrix gives its precision, recall and accuracy exactly', () => {
  verifies('K02');
  const cases = [
    question([{ name: 'a', arguments: { town: 'Bonn', days: 3 } }, { name: 'b' }], ['sunny', 'warm']),
    question([]),
    question([{ name: 'c' }]),
  ];
  const answers = [
    // One of two arguments is wrong, `b` is missing, one fact is.
    answer([{ name: 'a', arguments: { town: 'bonn ', days: 4 } }], 'It is Sunny.'),
    // A call that nobody expected.
    answer([{ name: 'd', arguments: {} }]),
    answer([{ name: 'c', arguments: {} }]),
  ];
  const report = reportOf(
    cases,
    cases.map((one, at) => scoreCase(one, answers[at] ?? answer([]))),
  );
  expect(report).toMatchObject({
    cases: 3,
    toolPrecision: 2 / 3,
    toolRecall: 2 / 3,
    argumentAccuracy: 1 / 2,
    facts: 1 / 2,
    failed: 0,
    rounds: 2,
    tokens: 300,
  });
  expect(report.results.map(({ missed, unexpected }) => [missed, unexpected])).toEqual([
    [['b'], []],
    [[], ['d']],
    [[], []],
  ]);
});

test('of two calls of one tool each expected one takes the call that fits it', () => {
  const tools = [
    { name: 'a', arguments: { town: 'Kiel' } },
    { name: 'a', arguments: { town: 'Bonn' } },
  ];
  const calls = [
    { name: 'a', arguments: { town: 'Bonn' } },
    { name: 'a', arguments: { town: 'Kiel' } },
  ];
  expect(scoreCase(question(tools), answer(calls))).toMatchObject({
    argumentAccuracy: 1,
    missed: [],
    unexpected: [],
  });
});

test('where nothing was expected there is no share', () => {
  const report = reportOf([question([])], [scoreCase(question([]), answer([]))]);
  expect([report.toolPrecision, report.toolRecall, report.argumentAccuracy, report.facts]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
