import { createContext, Script } from 'node:vm';

/** A regular expression of a description, whose test ends within a bounded time. */
export interface Pattern {
  test(value: string): boolean;
}

/** Longest time one test of a pattern that may backtrack without bound is given, in milliseconds. */
const PATTERN_TIME_MS = 50;
const CACHE_LIMIT = 5_000;
const anything: Pattern = { test: () => true };
const cache = new Map<string, Pattern>();

/** A repeated group that itself holds a repetition or a choice: where backtracking can explode. */
function mayExplode(source: string): boolean {
  const branching: boolean[] = [false];
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index];
    if (character === '\\') index += 1;
    else if (character === '[') index = classEnd(source, index);
    else if (character === '(') branching.push(false);
    else if (character === ')') {
      const inner = branching.pop() ?? false;
      if (inner && /^(?:[*+]|\{\d+,)/.test(source.slice(index + 1))) return true;
      if (inner && branching.length > 0) branching[branching.length - 1] = true;
    } else if (character === '*' || character === '+' || character === '|' || character === '{') {
      branching[branching.length - 1] = true;
    }
  }
  return false;
}

function classEnd(source: string, start: number): number {
  let index = start + 1;
  while (index < source.length && source[index] !== ']') index += source[index] === '\\' ? 2 : 1;
  return index;
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
  return mayExplode(source) ? timed(expression) : expression;
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
