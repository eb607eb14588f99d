import type { Json } from '@counterpart/schemas';

/** Who listens to what of a mirror, so that a tester can say something to them. */
export interface Channels {
  /** Has `send` called with every message that is pushed to the operation, until the returned function is called. */
  open(operation: string, send: (message: Json) => void): () => void;
  /** Says something to everybody who listens; how many that are. */
  push(operation: string, message: Json): number;
}

/** Channels without anybody in them. */
export function createChannels(): Channels {
  const listeners = new Map<string, Set<(message: Json) => void>>();
  return {
    open(operation, send) {
      const known = listeners.get(operation) ?? new Set();
      listeners.set(operation, known.add(send));
      return () => void known.delete(send);
    },
    push(operation, message) {
      const known = [...(listeners.get(operation) ?? [])];
      for (const send of known) send(message);
      return known.length;
    },
  };
}
