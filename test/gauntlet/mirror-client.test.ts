import { readdirSync } from 'node:fs';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { createState } from '@counterpart/scaffolds/mirror/state/store';
import { ServerId } from '@counterpart/schemas';
import { beforeAll, describe, expect, test } from 'vitest';
import { description, descriptionsDir, hasDescriptions } from '../e2e/builder-workspace.ts';
import { generateClient, hasGenerator } from './generated-client.ts';
import { choose, parseTree, placeOf } from './operation-places.ts';
import { sliceDescription } from './referee/slice.ts';

const missing = hasDescriptions
  ? hasGenerator
    ? ''
    : ' (skipped: `npm run gauntlet:referee` was not run)'
  : ' (skipped: ../shared/specs is absent)';

/** Operations called per description. */
const CALLS = 6;

/** What the generated client gets wrong of Swagger 2.0: form parameters as JSON, and a range as the type of its own body. */
const MISREAD = new Set(['slack-v2.json', 'k8s-v2.json']);

interface Row {
  readonly calls: number;
  /** Why the mirror did not take a call. */
  readonly refused: readonly string[];
}

async function run(file: string): Promise<Row> {
  const { blueprint } = await readOpenApi(await loadSource(description(file)), {
    id: ServerId.parse('mirror'),
  });
  // What does not end is no call of a client that waits for an end.
  const callsOnly = blueprint.operations.filter(({ stream }) => stream === undefined);
  const operations = choose(callsOnly, CALLS);
  const problems: string[] = [];
  const state = createState();
  const mirror = await startMirror(blueprint, {
    state,
    strictAuth: true,
    log: ({ status, problems: found }) => void problems.push(String(status), ...found),
  });
  try {
    const slice = sliceDescription(parseTree(description(file)), operations.map(placeOf));
    await using client = await generateClient(slice, mirror.url);
    const callable = operations.filter(({ http }) => client.operations.has(`${http.method} ${http.path}`));
    const refused: string[] = [];
    for (const operation of callable) {
      problems.length = 0;
      // Each call finds the service as it was: what one removes, the next may ask for.
      state.reset();
      const { status, text } = await client.call(
        operation,
        sampleInput(blueprint, operation, { optional: true }),
      );
      if (status >= 200 && status < 400) continue;
      refused.push(`${file} ${operation.name}: ${problems.join(', ')} ${text.slice(0, 200)}`);
    }
    return { calls: callable.length, refused };
  } finally {
    await mirror.close();
  }
}

describe.skipIf(!hasDescriptions || !hasGenerator)(
  `a client of another project against mirrors${missing}`,
  () => {
    const rows: Row[] = [];

    beforeAll(async () => {
      for (const file of readdirSync(descriptionsDir).sort())
        if (!MISREAD.has(file)) rows.push(await run(file));
    }, 900_000);

    test('its requests are taken as the service would take them', () => {
      const calls = rows.reduce((sum, row) => sum + row.calls, 0);
      console.log(`taken: ${calls - rows.flatMap(({ refused }) => refused).length} of ${calls}`);
      expect(rows.flatMap(({ refused }) => refused)).toEqual([]);
      expect(calls).toBeGreaterThan(75);
    });
  },
);
