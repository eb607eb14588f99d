/** Number of single-letter changes, swaps included, that make `a` of `b` (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const MOST = 3;

/** Names near to a mistyped one, best first: few changed letters, or one holds the other. */
export function nearest(name: string, names: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(name.length * 0.4));
  return [...new Set(names)]
    .map((candidate) => {
      const text = candidate.toLowerCase();
      const holds =
        Math.min(wanted.length, text.length) > 2 && (text.includes(wanted) || wanted.includes(text));
      return { candidate, score: distance(wanted, text) - (holds ? candidate.length : 0) };
    })
    .filter(({ score }) => score <= allowed)
    .sort((a, b) => a.score - b.score)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}

/** ` Did you mean a or b?`, or nothing: the `suggestion` parameter of the catalogue's messages. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const near = nearest(name, names);
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
}
