function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The name a typing error most likely meant: at most a third of its letters differ. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = plain(name.slice(0, 80));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of names) {
    const apart = distance(wanted, plain(candidate));
    if (apart <= wanted.length / 3 && (best === undefined || apart < best.distance))
      best = { name: candidate, distance: apart };
  }
  return best?.name;
}
