import type { Json } from '@counterpart/schemas';
import { check } from '../../validate/check.ts';
import { pathText, type Path } from '../../validate/problem.ts';
import type { Keywords } from '../../validate/schema.ts';

const MOST_ROUNDS = 8;
const MOST_PLACES = 20;

export type Structured = { readonly [key: string]: Json };

export interface Conforming {
  readonly value: Structured;
  /** Where the answer strayed from its schema, in words; empty when it did not. */
  readonly drift: readonly string[];
}

type Container = { [key: string]: Json } | Json[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Takes what stands at `path` out of a value that is ours to change: members go, items become null and keep their places. */
function removeAt(root: Container, path: Path): void {
  let holder: Container = root;
  for (const key of path.slice(0, -1)) {
    const next: unknown = Array.isArray(holder) ? holder[Number(key)] : holder[key];
    if (!isContainer(next)) return;
    holder = next;
  }
  const last = path.at(-1);
  if (last === undefined) return;
  if (Array.isArray(holder)) holder[Number(last)] = null;
  else delete holder[last];
}

/**
 * The part of an answer that keeps the promise of the tool's output schema: what strays is left out and named. Strict
 * clients throw the whole answer away for one member they did not expect.
 */
export function conform(value: Structured, schema: Keywords): Conforming {
  const places = new Set<string>();
  let rest: Structured = value;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const problems = check(schema, rest);
    if (problems.length === 0) return { value: rest, drift: [...places] };
    const copy = structuredClone<{ [key: string]: Json }>(rest);
    for (const { path, expected } of problems) {
      if (places.size < MOST_PLACES)
        places.add(`${pathText(path).replace('(arguments)', '(answer)')}: ${expected}`);
      if (path.length === 0) return { value: {}, drift: [...places] };
      removeAt(copy, path);
    }
    rest = copy;
  }
  return { value: {}, drift: [...places] };
}
