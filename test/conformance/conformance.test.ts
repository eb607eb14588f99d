import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { readExpectedFailures, REVISIONS, runSuite } from './suite.ts';

const EVERYTHING = join(import.meta.dirname, '../fixtures/conformance/everything.ts');
/** No fewer scenarios than the suites have today: a run that finds none must not look like success. */
const AT_LEAST = { '2025-11-25': 32, '2026-07-28': 40 } as const;

describe('the public conformance suite through the hub', () => {
  const folder = makeHome({
    mcpServers: { everything: { command: process.execPath, args: [EVERYTHING], prefix: '' } },
  });
  let hub: TestHub | undefined;

  beforeAll(async () => {
    const started = await startHub(folder.home);
    await vi.waitFor(
      async () => {
        const { tools } = await started.rpc('tools/list');
        if (!JSON.stringify(tools).includes('test_simple_text'))
          throw new Error('the tools are not listed yet');
      },
      { timeout: 20_000, interval: 100 },
    );
    hub = started;
  });

  afterAll(async () => {
    await hub?.stop();
    folder.remove();
  });

  it.each(REVISIONS)(
    'passes every server scenario of $version but those that are expected to fail',
    { timeout: 200_000 },
    async (revision) => {
      const scenarios = await runSuite(revision, `${hub?.url}/mcp`);
      expect(scenarios.length).toBeGreaterThanOrEqual(AT_LEAST[revision.version]);
      const failed = scenarios.filter(({ failures }) => failures.length > 0);
      const expected = readExpectedFailures(revision.version);
      expect(
        failed.filter(({ name }) => !expected.has(name)),
        'new failures',
      ).toEqual([]);
      const names = new Set(failed.map(({ name }) => name));
      expect(
        [...expected.keys()].filter((name) => !names.has(name)),
        'entries that are stale: the scenario passes now',
      ).toEqual([]);
    },
  );
});
