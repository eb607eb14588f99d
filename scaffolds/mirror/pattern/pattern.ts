import { createContext, Script } from 'node:vm';

/** A regular expression of a description, whose test ends within a bounded time. */
export interface Pattern {
  test(value: string): boolean;
}

/**
 * Longest time one test of a pattern that may backtrack without bound is given, in milliseconds. Much more than any that ends
 * takes: on a busy machine the time passes while others work, and what is not decided is accepted.
 */
const PATTERN_TIME_MS = 300;
/** Steps that an expression may take without a clock. */
const MOST_STEPS = 1e7;
const CACHE_LIMIT = 5_000;
const anything: Pattern = { test: () => true };
const cache = new Map<string, Pattern>();

/** How many ways of dividing a text among its repetitions an expression may try. */
interface Ways {
  /** Repetitions beside each other: each may begin and end anywhere. */
  readonly degree: number;
  /** A repeated group itself holds a repetition or a choice: there is no bound. */
  readonly isNested: boolean;
}

/** What of an expression matters here: the rest is a character like any other. */
const TOKEN =
  /\\[^]|\[(?:\\[^]|[^\]\\])*\]?|(?<open>\((?:\?(?:[:=!]|<[=!]|<\w+>))?)|(?<close>\))(?<again>[*+]|\{\d+)?|(?<branch>(?:[*+?]|\{\d+,\d*\})\??|\|)/g;

function waysOf(source: string): Ways {
  const branching: boolean[] = [];
  // What may begin anywhere is one repetition more.
  let degree = source.startsWith('^') ? 0 : 1;
  for (const { groups: token = {} } of source.matchAll(TOKEN)) {
    const { open, close, again, branch } = token;
    if (open !== undefined) branching.push(false);
    const isBranching = close !== undefined && branching.pop() === true;
    if (isBranching && again !== undefined) return { degree, isNested: true };
    if (again !== undefined || branch !== undefined) degree += 1;
    const isPassedOn = isBranching || again !== undefined || branch !== undefined;
    if (isPassedOn && branching.length > 0) branching[branching.length - 1] = true;
  }
  return { degree, isNested: false };
}

function toRegExp(source: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags);
    } catch {
      // the next dialect may accept it
    }
  }
  return undefined;
}

/** A regular expression runs to its end on this thread; only a script's time limit interrupts it. */
function timed(expression: RegExp): Pattern {
  const script = new Script('expression.test(value)');
  return {
    test(value) {
      try {
        return (
          script.runInContext(createContext({ expression, value }), { timeout: PATTERN_TIME_MS }) === true
        );
      } catch {
        return true;
      }
    },
  };
}

function build(source: string): Pattern {
  const expression = toRegExp(source);
  if (!expression) return anything;
  const { degree, isNested } = waysOf(source);
  const bounded = timed(expression);
  if (isNested) return bounded;
  return {
    test: (value) => (value.length ** degree > MOST_STEPS ? bounded.test(value) : expression.test(value)),
  };
}

/** Reads a pattern as ECMA-262, with the `u` flag when it allows that; one that cannot be read or decided in time accepts. */
export function compilePattern(source: string): Pattern {
  const known = cache.get(source);
  if (known) return known;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const pattern = build(source);
  cache.set(source, pattern);
  return pattern;
}
