import { createMirrorFile } from '@counterpart/scaffolds/mirror/database/mirror-file';
import { sampleDatabaseCall } from '@counterpart/scaffolds/mirror/database/sample-call';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { strayOf, watchState } from '@counterpart/scaffolds/mirror/state/observed-effects';
import { createState } from '@counterpart/scaffolds/mirror/state/store';
import type { Blueprint, Effect, JsonObject, Operation } from '@counterpart/schemas';
import { verifyInput } from './verify-input.ts';

/** What a server is tested against. */
export interface CheckMirror {
  /** Address for the server: of HTTP, or a connection string. */
  readonly url: string;
  /** Arguments that the mirror takes. Throws SAMPLE_IMPOSSIBLE. */
  sample(operation: Operation): JsonObject | Promise<JsonObject>;
  /** What the last call did that a tool of this effect does not do; undefined where nothing tells. */
  strayOf(effect: Effect): string | undefined;
  /** The service as it was before any call. */
  reset(): void;
  close(): Promise<void>;
}

/** The mirror of a blueprint: of a database an SQLite file with rows, of anything else a service on a port of its own. */
export async function startCheckMirror(blueprint: Blueprint): Promise<CheckMirror> {
  const { database } = blueprint;
  if (database !== undefined) {
    const file = await createMirrorFile(database);
    let isChanged = false;
    return {
      ...file,
      sample(operation) {
        isChanged = operation.effect !== 'read';
        return sampleDatabaseCall(database, operation, file.seeds);
      },
      // The file has been written to by another process; what it did there is not followed.
      strayOf: () => undefined,
      reset() {
        // Every row is written again, which a call that only read did not ask for.
        if (isChanged) file.reset();
        isChanged = false;
      },
    };
  }
  const state = createState();
  const watch = watchState(state);
  const mirror = await startMirror(blueprint, { port: 0, state, eventful: true });
  return {
    url: mirror.url,
    sample: (operation) => verifyInput(blueprint, operation),
    strayOf: (effect) => strayOf(effect, watch.take()),
    reset() {
      state.reset();
      watch.take();
    },
    close: () => mirror.close(),
  };
}
