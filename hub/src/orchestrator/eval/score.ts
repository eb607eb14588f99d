import { isSameJson, type EvalCase, type EvalReport, type EvalResult, type Json } from '@counterpart/schemas';

/** What an answer was, as it was watched from outside. */
export interface WatchedAnswer {
  readonly text: string;
  readonly model?: string | undefined;
  readonly calls: readonly { readonly name: string; readonly arguments: Readonly<Record<string, Json>> }[];
  readonly rounds: number;
  readonly costUsd: number;
  readonly tokens: number;
  readonly durationMs: number;
  /** Why there was none. */
  readonly problem?: string | undefined;
}

/** A tool that should be called, with the arguments that matter. */
export interface ExpectedTool {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, Json>> | undefined;
}

/** How the calls that were made differ from those that were expected. */
export interface ToolScore {
  readonly called: string[];
  readonly missed: string[];
  readonly unexpected: string[];
  /** Share of the arguments that are right; undefined where none was expected. */
  readonly argumentAccuracy: number | undefined;
}

/**
 * Holds calls against what was expected. Each expected call takes one made call of its tool, the one whose arguments fit best;
 * what is left is unexpected. An argument counts when it is equal as JSON, texts without regard to case and outer space.
 */
export function scoreTools(expected: readonly ExpectedTool[], calls: WatchedAnswer['calls']): ToolScore {
  const left = [...calls];
  const missed: string[] = [];
  const right = { given: 0, wanted: 0 };
  for (const tool of expected) {
    const wanted = Object.entries(tool.arguments ?? {});
    const scored = left
      .filter((call) => call.name === tool.name)
      .map((call) => ({
        call,
        hits: wanted.filter(([key, value]) => isSame(call.arguments[key], value)).length,
      }))
      .toSorted((a, b) => b.hits - a.hits);
    const [best] = scored;
    right.wanted += wanted.length;
    if (best === undefined) missed.push(tool.name);
    else {
      right.given += best.hits;
      left.splice(left.indexOf(best.call), 1);
    }
  }
  return {
    called: calls.map((call) => call.name),
    missed,
    unexpected: left.map((call) => call.name),
    argumentAccuracy: share(right.given, right.wanted),
  };
}

/** Judges one answer: its calls, and the facts that it holds. */
export function scoreCase({ name, messages, expect }: EvalCase, answer: WatchedAnswer): EvalResult {
  const said = answer.text.toLowerCase();
  return {
    name: name ?? messages.at(-1)?.content.slice(0, 60) ?? '',
    model: answer.model,
    ...scoreTools(expect.tools, answer.calls),
    missedFacts: expect.facts.filter((fact) => !said.includes(fact.toLowerCase())),
    rounds: answer.rounds,
    costUsd: answer.costUsd,
    tokens: answer.tokens,
    durationMs: answer.durationMs,
    problem: answer.problem,
  };
}

function isSame(given: Json | undefined, wanted: Json): boolean {
  if (given === undefined) return false;
  if (typeof given === 'string' && typeof wanted === 'string')
    return given.trim().toLowerCase() === wanted.trim().toLowerCase();
  return isSameJson(given, wanted);
}

/** All results together; shares of what nothing was expected of are left out. */
export function reportOf(cases: readonly EvalCase[], results: readonly EvalResult[]): EvalReport {
  const sum = (of: (result: EvalResult) => number): number =>
    results.reduce((total, one) => total + of(one), 0);
  const called = sum(({ called: names }) => names.length);
  const unexpected = sum(({ unexpected: names }) => names.length);
  const expected = cases.reduce((total, { expect }) => total + expect.tools.length, 0);
  const facts = cases.reduce((total, { expect }) => total + expect.facts.length, 0);
  const judged = results.flatMap(({ argumentAccuracy }) => argumentAccuracy ?? []);
  return {
    cases: results.length,
    toolPrecision: share(called - unexpected, called),
    toolRecall: share(expected - sum(({ missed }) => missed.length), expected),
    argumentAccuracy: share(
      judged.reduce((total, one) => total + one, 0),
      judged.length,
    ),
    facts: share(facts - sum(({ missedFacts }) => missedFacts.length), facts),
    failed: results.filter(({ problem }) => problem !== undefined).length,
    rounds: results.length === 0 ? 0 : sum(({ rounds }) => rounds) / results.length,
    costUsd: sum(({ costUsd }) => costUsd),
    tokens: sum(({ tokens }) => tokens),
    results: [...results],
  };
}

/** Undefined of nothing. */
export const share = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : part / whole;
