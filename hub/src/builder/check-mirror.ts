import { createMirrorFile } from '@counterpart/scaffolds/mirror/database/mirror-file';
import { sampleDatabaseCall } from '@counterpart/scaffolds/mirror/database/sample-call';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { createState } from '@counterpart/scaffolds/mirror/state/store';
import type { Blueprint, JsonObject, Operation } from '@counterpart/schemas';
import { verifyInput } from './verify-input.ts';

/** What a server is tested against. */
export interface CheckMirror {
  /** Address for the server: of HTTP, or a connection string. */
  readonly url: string;
  /** Arguments that the mirror takes. Throws SAMPLE_IMPOSSIBLE. */
  sample(operation: Operation): JsonObject | Promise<JsonObject>;
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
      reset() {
        // Every row is written again, which a call that only read did not ask for.
        if (isChanged) file.reset();
        isChanged = false;
      },
    };
  }
  const state = createState();
  const mirror = await startMirror(blueprint, { port: 0, state });
  return {
    url: mirror.url,
    sample: (operation) => verifyInput(blueprint, operation),
    reset: () => state.reset(),
    close: () => mirror.close(),
  };
}
