import { lastFixed, isPrefix, repeatsOf, traitsOf, type Child, type Fork } from './calls.ts';
import { likeness, type Hit } from './hit.ts';
import { decoded } from './segment.ts';
import { fixedness, namesMany } from './words.ts';

/** Weighs whether words that look alike are values of one parameter; more is surer. */
export function evidenceFor(
  cluster: readonly Child[],
  calls: readonly ReadonlyMap<string, readonly Hit[]>[],
  ids: number,
  fork: Fork,
): number {
  const { slots, knows } = fork;
  const stems = cluster.map(({ segment }) => segment.stem);
  const share = (test: (stem: string) => boolean): number => stems.filter(test).length / stems.length;
  const average = (numbers: readonly number[]): number =>
    numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);
  const before = lastFixed(slots);
  const place = isPrefix(slots) ? -3 : before === undefined ? -1.5 : namesMany(before) ? 1.5 : 0.5;
  const repeated = cluster.map((child) => repeatsOf(child, slots.length, knows));
  const repeats = average(repeated.flat());
  const named = share((stem) => knows.mentioned(stem) || knows.met?.(stem) === true);
  const allRepeated = repeated.flat().every((times) => times > 1);
  const alike = alikeness(calls);
  const fixed = average(stems.map(fixedness));
  return (
    place +
    (ids > 0 ? 1 : 0) +
    named * 2.5 +
    (repeats < 1.2 ? 1.5 : repeats < 2 ? 0.5 : allRepeated ? -4 : -1.5) +
    (alike === undefined ? 0 : (alike - 0.6) * 3) +
    (repeats < 2 && (alike ?? 0) >= 0.8 ? sharedWays(calls) : 0) +
    (cluster.length >= 6 ? 1.5 : cluster.length >= 3 ? 1 : 0) +
    share((stem) => /[\d-]|^[A-Z]|[^\w]/.test(decoded(stem))) -
    (fixed - 0.3) * 4 +
    0.5
  );
}

/** Ways on that several of the words share: things of one kind have many in common, parts of an interface few. */
function sharedWays(calls: readonly ReadonlyMap<string, readonly Hit[]>[]): number {
  const owners = new Map<string, number>();
  for (const one of calls)
    for (const call of one.keys()) {
      // What is open directly behind a word makes it the name of many.
      if (/^\S+ [^{]/.test(call)) owners.set(call, (owners.get(call) ?? 0) + 1);
    }
  const ways = [...owners.values()].filter((count) => count > 1).length;
  return ways < 3 ? 0 : Math.min(2.5, Math.log2(ways) / 2);
}

/** Mean likeness over the calls that words share; conflicting calls pull it down. Undefined where no body says anything. */
function alikeness(calls: readonly ReadonlyMap<string, readonly Hit[]>[]): number | undefined {
  const found: number[] = [];
  for (const call of new Set(calls.flatMap((one) => [...one.keys()]))) {
    const traits = calls.flatMap((one) => {
      const hits = one.get(call);
      return hits === undefined ? [] : [traitsOf(hits)];
    });
    for (const [at, own] of traits.slice(1, 30).entries()) {
      const value = likeness(own, traits[at] ?? new Set());
      if (value !== undefined) found.push(value);
    }
  }
  return found.length === 0 ? undefined : found.reduce((sum, one) => sum + one, 0) / found.length;
}
