type DependsOn = ReadonlyMap<string, readonly string[]>;

/** A circle of dependencies that begins and ends with `id`; undefined when there is none. */
export function findCircle(id: string, dependsOn: DependsOn): readonly string[] | undefined {
  const seen = new Set<string>();
  const follow = (path: readonly string[]): readonly string[] | undefined => {
    for (const next of dependsOn.get(path.at(-1) ?? '') ?? []) {
      if (next === id) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const circle = follow([...path, next]);
      if (circle) return circle;
    }
    return undefined;
  };
  return follow([id]);
}

/** Ids in layers, in the order in which to stop them: nothing in a layer is needed by a later one. */
export function stopOrder(dependsOn: DependsOn): string[][] {
  const layers: string[][] = [];
  let left = [...dependsOn.keys()];
  while (left.length > 0) {
    const needed = new Set(left.flatMap((id) => dependsOn.get(id) ?? []));
    const free = left.filter((id) => !needed.has(id));
    // Circles are refused when they are declared; should one be there all the same, it is stopped at once.
    const layer = free.length > 0 ? free : left;
    layers.push(layer);
    left = left.filter((id) => !layer.includes(id));
  }
  return layers;
}
