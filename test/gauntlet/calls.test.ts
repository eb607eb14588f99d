import { readdirSync } from 'node:fs';
import type { MirrorLogEntry } from '@counterpart/scaffolds/mirror/mirror';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { createState } from '@counterpart/scaffolds/mirror/state/store';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import type { Operation } from '@counterpart/schemas';
import { beforeAll, describe, expect, test } from 'vitest';
import { descriptionsDir, hasDescriptions, openWorkspace } from '../e2e/builder-workspace.ts';
import { openBuilt } from '../e2e/specs-built.ts';
import { openModern, type StdioClient } from '../e2e/specs-clients.ts';
import { verifies } from '../verifies.ts';

const missing = hasDescriptions ? '' : ' (skipped: ../shared/specs is absent)';

/** Tools called per description, each with a least and with a full input. */
const CHOSEN = 60;
/** Share of true calls; it may only rise. */
const FLOOR = 0.995;

interface Row {
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
    ...(log.length === 1 ? [] : [`${log.length} requests`]),
    ...refused.map(({ status, problems }) => `${status} ${problems.join(', ')}`),
    ...drift,
  ];
}

async function run(file: string): Promise<Row> {
  await using workspace = await openWorkspace();
  const log: MirrorLogEntry[] = [];
  // A mirror that insists on credentials shows that they are sent.
  const state = createState();
  const mirror = { strictAuth: true, state, log: (entry: MirrorLogEntry) => void log.push(entry) };
  await using built = await openBuilt(workspace, file, mirror);
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

describe.skipIf(!hasDescriptions)(`tools of real descriptions against their mirrors${missing}`, () => {
  const rows: Row[] = [];

  beforeAll(async () => {
    for (const file of readdirSync(descriptionsDir).sort()) rows.push(await run(file));
    const line = (cells: readonly (string | number)[]): string =>
      cells.map((cell) => String(cell).padEnd(24)).join('');
    console.log(
      [
        line(['description', 'tools', 'calls', 'true']),
        ...rows.map((row) => line([row.file, row.tools, row.calls, row.calls - row.faults.length])),
        ...rows.flatMap(({ faults }) => faults),
      ].join('\n'),
    );
  }, 180_000);

  test('calls reach the service as it is described, and answers are what was promised', () => {
    verifies('M01');
    const calls = rows.reduce((sum, row) => sum + row.calls, 0);
    const faults = rows.flatMap((row) => row.faults);
    console.log(`true: ${calls - faults.length} of ${calls}`);
    expect(calls).toBeGreaterThan(1_500);
    expect(1 - faults.length / calls).toBeGreaterThanOrEqual(FLOOR);
  });

  test('every method of every description is met', () => {
    expect(rows.filter(({ unmet }) => unmet.length > 0)).toEqual([]);
  });
});
