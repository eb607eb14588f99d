/** Something that is made when it is first asked for. */
export interface Lazy<T> {
  open(): Promise<T>;
  /** Undefined when nobody asked for it. */
  opened(): Promise<T | undefined>;
}

/** Makes it once; a making that failed is tried again by who asks next. */
export function lazily<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  return {
    open() {
      made ??= make().catch((cause: unknown) => {
        made = undefined;
        throw cause;
      });
      return made;
    },
    opened: async () => await made,
  };
}
