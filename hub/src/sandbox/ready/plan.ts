/** What decides whether a server's walls are kept ready. */
export interface Standing {
  /** Its walls that stand unused; undefined: there are none. */
  readonly ready: object | undefined;
  /** Processes of it that run. */
  readonly running: number;
  /** When it was used last, or else when it became known; milliseconds. */
  readonly usedAt: number;
}

/** Whose walls to put up and whose to take down. */
export interface Plan<T> {
  readonly make: readonly T[];
  readonly discard: readonly T[];
}

/**
 * At most `count` servers have walls ready: those that do not run and were used last, the likeliest to be used next. One that
 * cannot have any, such as a server whose program is missing, takes the place of no other; who can is asked only of so many
 * as are needed.
 */
export function planReady<T extends Standing>(
  all: readonly T[],
  count: number,
  canHave: (one: T) => boolean,
): Plan<T> {
  const wanted: T[] = [];
  for (const one of all.toSorted((first, second) => second.usedAt - first.usedAt)) {
    if (wanted.length >= count) break;
    if (one.running === 0 && canHave(one)) wanted.push(one);
  }
  return {
    make: wanted.filter(({ ready }) => ready === undefined),
    discard: all.filter((one) => one.ready !== undefined && !wanted.includes(one)),
  };
}
