const MOST = 3;
const LEAST_SCORE = 0.34;

/** Pairs of neighbouring letters, case and separators aside. */
function bigrams(text: string): Map<string, number> {
  const plain = ` ${text.toLowerCase().replace(/[^a-z0-9]+/g, ' ')} `;
  const counts = new Map<string, number>();
  for (let at = 0; at < plain.length - 1; at += 1) {
    const pair = plain.slice(at, at + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

/** Dice coefficient: 1 for equal texts, 0 when no two letters follow each other in both. */
function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const [pair, count] of a) shared += Math.min(count, b.get(pair) ?? 0);
  return (2 * shared) / (sum(a) + sum(b));
}

/** The names nearest to one that does not exist, best first; `own` is the part of a name after its prefix. */
export function similarNames(
  wanted: string,
  names: Iterable<{ readonly key: string; readonly own: string }>,
): string[] {
  const target = bigrams(wanted.slice(0, 128));
  return Array.from(names, ({ key, own }) => ({
    key,
    score: Math.max(likeness(target, bigrams(key)), likeness(target, bigrams(own))),
  }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .toSorted((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
    .slice(0, MOST)
    .map(({ key }) => key);
}
