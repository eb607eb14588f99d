import type { MirrorLogEntry } from '@counterpart/scaffolds/mirror/mirror';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { createState } from '@counterpart/scaffolds/mirror/state/store';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import type { Operation } from '@counterpart/schemas';
import type { BuiltServer } from './specs-built.ts';
import { openModern, type StdioClient } from './specs-clients.ts';

/** Tools called per description, each with a least and with a full input. */
const CHOSEN = 30;
/** What calls of one server came to. */
export interface CallsMade {
  readonly file: string;
  readonly tools: number;
  /** Methods of the description that no called tool has. */
  readonly unmet: readonly string[];
  readonly calls: number;
  /** Why a call was not true. */
  readonly faults: readonly string[];
}

/** Round by round one of each method, in an order that is any but always the same. */
function choose(operations: readonly Operation[]): Operation[] {
  const ranked = operations.toSorted((a, b) => (hashJson(a.name) < hashJson(b.name) ? -1 : 1));
  const byMethod = Map.groupBy(ranked, ({ http }) => http.method);
  const rounds = ranked.map((_, round) => [...byMethod.values()].flatMap((of) => of[round] ?? []));
  return rounds.flat().slice(0, CHOSEN);
}

interface Called {
  readonly operation: Operation;
  readonly input: Parameters<StdioClient['call']>[1];
}

/**
 * What is untrue of one call, as server, client and mirror tell; empty: the service was asked as it is described, its
 * answer is what the tool promised.
 */
async function faultsOf(client: StdioClient, log: MirrorLogEntry[], { operation, input }: Called) {
  log.length = 0;
  const { isError, drift, text } = await client.call(operation.name, input);
  const refused = log.filter(({ status, problems }) => status >= 400 || problems.length > 0);
  return [
    ...(isError ? [text] : []),
    // What listens opens a connection, which a mirror's log of requests does not show.
    ...(log.length === 1 || operation.stream !== undefined ? [] : [`${log.length} requests`]),
    ...refused.map(({ status, problems }) => `${status} ${problems.join(', ')}`),
    ...drift,
  ];
}

/** A mirror that insists on credentials, so that it shows they are sent, and whose log is kept. */
export function watchedMirror() {
  const log: MirrorLogEntry[] = [];
  const state = createState();
  return {
    log,
    state,
    options: { strictAuth: true, state, log: (entry: MirrorLogEntry) => void log.push(entry) },
  };
}

/** Calls tools of a built server against its watched mirror. */
export async function callTools(
  file: string,
  built: BuiltServer,
  { log, state }: ReturnType<typeof watchedMirror>,
): Promise<CallsMade> {
  await using client = await openModern(built.launch, 'auto');
  const chosen = choose(built.blueprint.operations);
  const faults: string[] = [];
  for (const operation of chosen) {
    for (const optional of [false, true]) {
      const input = sampleInput(built.blueprint, operation, { optional });
      // Every call meets the service as it began: what another one removed is there again.
      state.reset();
      const found = await faultsOf(client, log, { operation, input });
      if (found.length > 0) faults.push(`${file} ${operation.name}: ${found.join('; ')}`);
    }
  }
  const met = new Set(chosen.map(({ http }) => http.method));
  const all = new Set(built.blueprint.operations.map(({ http }) => http.method));
  const unmet = [...all].filter((method) => !met.has(method));
  return { file, tools: chosen.length, unmet, calls: chosen.length * 2, faults };
}
