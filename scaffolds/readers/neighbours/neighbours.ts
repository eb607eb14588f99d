/** Another document that a source refers to, or why it is not read. */
export type Neighbour =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** As messages call it: its path from the source's folder, or its URL without credentials and query. */
      readonly name: string;
    }
  /** It may be there, but it was not asked for: the network, or a place outside of the source's folder. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** The documents that a source may refer to. */
export interface Neighbours {
  /** URL of the source itself; its references are relative to it. */
  readonly home: string;
  /** Reads what is at an absolute URL, without its fragment. Rejects only when the caller's signal aborts. */
  read(address: string): Promise<Neighbour>;
}

export interface NeighbourOptions {
  /** Follow references to other hosts; never to private addresses, except to the source's own origin. */
  readonly allowRemote?: boolean | undefined;
  /** Follow references to files outside of the source's folder. */
  readonly allowOutside?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Documents and bytes (of text) that one source may bring along. */
const MAX_DOCUMENTS = 10_000;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;

/** Counts what is read for one source; the same address is read once. */
export function withinLimits(neighbours: Neighbours): Neighbours {
  const known = new Map<string, Promise<Neighbour>>();
  let total = 0;
  const read = async (address: string): Promise<Neighbour> => {
    if (total > MAX_TOTAL_BYTES)
      return {
        kind: 'refused',
        reason: `the documents it belongs to are larger than ${MAX_TOTAL_BYTES / 1024 / 1024} MiB together`,
      };
    const found = await neighbours.read(address);
    if (found.kind === 'text') total += found.text.length;
    return found;
  };
  return {
    home: neighbours.home,
    read(address) {
      const pending = known.get(address);
      if (pending !== undefined) return pending;
      if (known.size >= MAX_DOCUMENTS) {
        const reason = `the source refers to more than ${MAX_DOCUMENTS} documents`;
        return Promise.resolve({ kind: 'refused', reason });
      }
      const started = read(address);
      known.set(address, started);
      return started;
    },
  };
}
