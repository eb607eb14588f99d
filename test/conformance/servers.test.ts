import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';
import { readExpectedFailures, REVISIONS, runSuite, type Scenario } from './suite.ts';

const SERVERS = join(ROOT, 'servers');
const ids = readdirSync(SERVERS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  .map(({ name }) => name);

/** Scenarios that failed as a whole by the expectations, else each check of them that failed as `scenario/check`. */
function failuresOf(scenarios: readonly Scenario[], expected: ReadonlyMap<string, string>): string[] {
  return scenarios.flatMap(({ name, failures }) =>
    failures.length > 0 && expected.has(name)
      ? [name]
      : failures.map((failure) => `${name}/${failure.split(': ')[0]}`),
  );
}

describe('the public conformance suite against generated servers, each at its own address of the hub', () => {
  const folder = makeHome({}, Object.fromEntries(ids.map((id) => [id, join(SERVERS, id)])));
  let hub: TestHub | undefined;

  beforeAll(async () => {
    const started = await startHub(folder.home);
    hub = started;
    for (const id of ids) {
      await vi.waitFor(() => started.rpc('tools/list', {}, `/mcp/s/${id}`), {
        timeout: 20_000,
        interval: 100,
      });
    }
  });

  afterAll(async () => {
    await hub?.stop();
    folder.remove();
  });

  /** Starts the server's process: lists alone are answered without one. */
  async function callBadly(id: string): Promise<Record<string, unknown> | undefined> {
    const path = `/mcp/s/${id}`;
    const listed = (await hub?.rpc('tools/list', {}, path)) as { tools?: { name: string }[] } | undefined;
    return hub?.rpc('tools/call', { name: listed?.tools?.[0]?.name, arguments: { 'no-such': 1 } }, path);
  }

  it.each(ids.flatMap((id) => REVISIONS.map((revision) => ({ id, ...revision }))))(
    '$id passes every scenario of $version but those that need what only the suite’s own server has',
    { timeout: 120_000 },
    async ({ id, ...revision }) => {
      verifies('A14', 'B10');
      expect(await callBadly(id)).toMatchObject({ isError: true });
      const expected = readExpectedFailures(`servers-${revision.version}`);
      const scenarios = await runSuite(revision, `${hub?.url}/mcp/s/${id}`);
      expect(failuresOf(scenarios, expected).toSorted()).toEqual([...expected.keys()].toSorted());
      expect(scenarios.filter(({ failures }) => failures.length === 0).length).toBeGreaterThanOrEqual(9);
    },
  );
});
