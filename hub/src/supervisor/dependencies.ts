type DependsOn = ReadonlyMap<string, readonly string[]>;

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
