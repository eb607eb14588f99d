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

/** At most `count` servers have walls ready: those that do not run and were used last, the likeliest to be used next. Pure. */
export function planReady<T extends Standing>(all: readonly T[], count: number): Plan<T> {
  const wanted = all
    .filter(({ running }) => running === 0)
    .toSorted((one, other) => other.usedAt - one.usedAt)
    .slice(0, count);
  return {
    make: wanted.filter(({ ready }) => ready === undefined),
    discard: all.filter((one) => one.ready !== undefined && !wanted.includes(one)),
  };
}
