/** Edits between two names, a swap of neighbours counted as one; more than `most` counts as infinite. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(
        Math.min((row[j - 1] ?? 0) + (same ? 0 : 1), (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap),
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** How far a name is from what was meant: by typing errors, or as a part of it. */
function apart(wanted: string, name: string): number {
  const most = Math.floor(wanted.length * 0.4) + 1;
  const edits = distance(wanted, name, most);
  if (edits <= most) return edits;
  const isPart = wanted.length >= 3 && (name.startsWith(wanted) || name.endsWith(wanted));
  return isPart ? most + 1 + name.length / 1_000 : Number.POSITIVE_INFINITY;
}

/** `; did you mean x?` for the nearest of the names, or nothing when none is near. */
export function suggestion(name: string, names: Iterable<string>): string {
  const wanted = name.slice(0, 80).toLowerCase();
  let best: { readonly name: string; readonly points: number } | undefined;
  for (const candidate of names) {
    const points = apart(wanted, candidate.toLowerCase());
    if (points < (best?.points ?? Number.POSITIVE_INFINITY)) best = { name: candidate, points };
  }
  return best === undefined ? '' : `; did you mean ${best.name}?`;
}
