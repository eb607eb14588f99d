import {
  isSameJson,
  type FlowCall,
  type FlowCheck,
  type FlowEvalCase,
  type FlowEvalReport,
  type FlowEvalResult,
  type FlowRun,
  type Json,
  type Judgement,
} from '@counterpart/schemas';
import { scoreTools, share } from '../../orchestrator/eval/score.ts';
import { evaluate, isList } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parse.ts';

/** What a model found of a text, for checks that ask one. */
export type Judge = (text: string, criterion: string) => Promise<Judgement>;

/** Judges one run against what was expected. */
export async function scoreRun(
  { name, inputs, expect }: FlowEvalCase,
  run: FlowRun,
  { durationMs, judge }: { readonly durationMs: number; readonly judge: Judge },
): Promise<FlowEvalResult> {
  const tools = scoreTools(expect.tools ?? [], callsOf(run));
  const failures: string[] = [];
  let { tokens, costUsd } = run;
  const counted: Judge = async (text, criterion) => {
    const found = await judge(text, criterion);
    tokens += found.tokens;
    costUsd += found.costUsd;
    return found;
  };
  if (run.state !== expect.state)
    failures.push(`the run is ${run.state}${run.problem === undefined ? '' : `: ${run.problem.message}`}`);
  else
    for (const check of expect.outputs)
      failures.push(...(await failuresOf(check, run.outputs ?? {}, counted)));
  if (expect.tools !== undefined) {
    failures.push(...tools.missed.map((tool) => `not called: ${tool}`));
    failures.push(...tools.unexpected.map((tool) => `unexpected: ${tool}`));
    if ((tools.argumentAccuracy ?? 1) < 1) failures.push('a tool was called with other arguments');
  }
  return {
    name: name ?? JSON.stringify(inputs).slice(0, 60),
    run: run.id,
    passed: failures.length === 0,
    failures,
    ...tools,
    ...(expect.tools === undefined ? { unexpected: [] } : {}),
    failedNodes: [...new Set(run.steps.filter(({ state }) => state === 'failed').map(({ node }) => node))],
    tokens,
    costUsd,
    durationMs,
  };
}

/** Calls that were made, and those that wait to be. */
function callsOf({ steps }: FlowRun): Pick<FlowCall, 'name' | 'arguments'>[] {
  return steps.flatMap(({ calls, state, pending, output, tool, input }) => {
    if (state !== 'waiting') return calls;
    if (pending !== undefined) return [...calls, ...pendingCalls(output)];
    return tool === undefined ? calls : [{ name: tool, arguments: isObject(input) ? { ...input } : {} }];
  });
}

function pendingCalls(output: Json | undefined): Pick<FlowCall, 'name' | 'arguments'>[] {
  if (output === undefined || !isList(output)) return [];
  return output.filter(isObject).flatMap(({ tool, arguments: given }) => {
    if (typeof tool !== 'string') return [];
    return [{ name: tool, arguments: isObject(given) ? { ...given } : {} }];
  });
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SHOWN = 80;

async function failuresOf(
  { output, equals, contains, matches, judge: criterion }: FlowCheck,
  outputs: Readonly<Record<string, Json>>,
  judge: Judge,
): Promise<string[]> {
  const what = output ?? 'the outputs';
  let value: Json;
  try {
    value =
      output === undefined ? outputs : evaluate(parseExpression(`outputs.${output}`), { outputs }, what);
  } catch {
    return [`${what} is not there`];
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  if (equals !== undefined)
    return isSameJson(value, equals) ? [] : [`${what} is ${shown}, not ${JSON.stringify(equals)}`];
  if (contains !== undefined)
    return text.toLowerCase().includes(contains.toLowerCase())
      ? []
      : [`${what} is ${shown}, without "${contains}"`];
  if (matches !== undefined)
    return new RegExp(matches, 'u').test(text)
      ? []
      : [`${what} is ${shown}, which does not match ${matches}`];
  const { passed, reason } = await judge(text, criterion ?? '');
  return passed ? [] : [`${what}: ${reason}`];
}

/** All cases together; shares of what nothing was expected of are left out. */
export function reportOfRuns(
  flow: string,
  cases: readonly FlowEvalCase[],
  results: readonly FlowEvalResult[],
): FlowEvalReport {
  const sum = (of: (result: FlowEvalResult) => number): number =>
    results.reduce((total, one) => total + of(one), 0);
  const judged = results.filter((_, at) => cases[at]?.expect.tools !== undefined);
  const called = judged.reduce((total, one) => total + one.called.length, 0);
  const unexpected = judged.reduce((total, one) => total + one.unexpected.length, 0);
  const expected = cases.reduce((total, { expect }) => total + (expect.tools?.length ?? 0), 0);
  const accuracies = results.flatMap(({ argumentAccuracy }) => argumentAccuracy ?? []);
  const nodeFailures: Record<string, number> = {};
  for (const node of results.flatMap(({ failedNodes }) => failedNodes))
    nodeFailures[node] = (nodeFailures[node] ?? 0) + 1;
  const latencies = results.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return {
    flow,
    cases: results.length,
    passed: results.filter(({ passed }) => passed).length,
    toolPrecision: share(called - unexpected, called),
    toolRecall: share(expected - sum(({ missed }) => missed.length), expected),
    argumentAccuracy: share(
      accuracies.reduce((total, one) => total + one, 0),
      accuracies.length,
    ),
    tokens: sum(({ tokens }) => tokens),
    costUsd: sum(({ costUsd }) => costUsd),
    latency: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
    nodeFailures,
    results: [...results],
  };
}

/** Nearest rank; 0 of nothing. */
const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
