import { join } from 'node:path';
import { listTools } from '@counterpart/kit';
import { readSource } from '@counterpart/scaffolds/readers/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { fitDefinition } from '../../hub/src/gateway/search/fit-definition.ts';
import { descriptionsDir, hasDescriptions } from '../e2e/builder-workspace.ts';

/** What a model reads to learn of one tool, in bytes. */
const MOST_BYTES = 24_000;

const missing = 'the descriptions of real services are not beside this repository';

describe.skipIf(!hasDescriptions)(`the description of one tool (skipped when ${missing})`, () => {
  test.each([
    ['github', 'github.json'],
    ['k8s', 'k8s-v2.json'],
    ['stripe', 'stripe.json'],
  ])('of %s stays below 24 kB for 99 of 100 tools', { timeout: 240_000 }, async (id, file) => {
    const source = await loadSource(join(descriptionsDir, file));
    const { blueprint } = await readSource(source, { id: ServerId.parse(id) });
    const sizes = listTools(blueprint)
      .map((tool) => Buffer.byteLength(JSON.stringify(fitDefinition(tool))))
      .toSorted((a, b) => a - b);
    expect(sizes.length).toBeGreaterThan(400);
    expect(sizes[Math.ceil(sizes.length * 0.99) - 1]).toBeLessThanOrEqual(MOST_BYTES);
  });
});
