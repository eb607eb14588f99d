import { readdirSync } from 'node:fs';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import type { Operation } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { validateServer } from '../../hub/src/builder/verify/validate.ts';
import { verifies } from '../verifies.ts';
import { descriptionsDir, hasDescriptions, openWorkspace, shareOf } from './builder-workspace.ts';
import { openBuilt, type BuiltServer } from './specs-built.ts';
import { callTools, watchedMirror, type CallsMade } from './specs-calls.ts';
import { inspectTools, openLegacy, openModern, type Launch, type StdioClient } from './specs-clients.ts';

const files = hasDescriptions
  ? shareOf(readdirSync(descriptionsDir).sort(), 0, 3)
  : ['../shared/specs is not there'];

const rows: CallsMade[] = [];
/** Servers of more tools are listed by one client: what clients do with a list does not change with its length. */
const MANY_TOOLS = 400;
/** Share of true calls; it may only rise. */
const FLOOR = 0.995;

/** Names and hashes, as the manifest has them. */
const hashes = (tools: readonly { readonly name: string }[]): Record<string, string> =>
  Object.fromEntries(tools.map((tool) => [tool.name, hashJson(tool)]));

/** A reading operation whose answer has a schema, so that a client has something to validate, if there is one. */
function pickOperation({ blueprint, report }: BuiltServer, listed: readonly { name: string }[]): Operation {
  const structured = new Set(listed.filter((tool) => 'outputSchema' in tool).map(({ name }) => name));
  const picked =
    blueprint.operations.find(({ name, effect }) => effect === 'read' && structured.has(name)) ??
    blueprint.operations.find(({ name }) => name === report.check?.called);
  if (picked === undefined) throw new Error('the build called no tool');
  return picked;
}

/** Lists with a client and calls one tool; the client's own validation refuses an answer that breaches its schema. */
async function listAndCall(built: BuiltServer, open: (launch: Launch) => Promise<StdioClient>) {
  await using client = await open(built.launch);
  const tools = await client.tools();
  const operation = pickOperation(built, tools);
  const { isError, structuredContent } = await client.call(
    operation.name,
    sampleInput(built.blueprint, operation),
  );
  const called = {
    tool: operation.name,
    failed: isError,
    isStructured: structuredContent !== undefined,
  };
  return { listed: hashes(tools), called };
}

test.skipIf(!hasDescriptions).each(files)(
  '%s becomes a server that the inspector and the clients of both SDKs list and call against its mirror',
  { timeout: 180_000 },
  async (file) => {
    verifies('M01');
    await using workspace = await openWorkspace();
    const watched = watchedMirror();
    await using built = await openBuilt(workspace, file, watched.options);
    const { report, manifest, directory, launch } = built;
    expect(report.check).toMatchObject({ toolsListed: report.tools.length, callOutcome: 'ok' });
    expect(report.outcome).toBe('installed');
    const { total, built: made, omitted } = report.operations;
    expect(made + omitted).toBe(total);
    expect(report.omitted.filter(({ reason, source }) => reason === '' || source.pointer === '')).toEqual([]);

    const expected = Object.fromEntries(
      Object.entries(manifest.tools).map(([name, { hash }]) => [name, hash]),
    );
    const isLong = report.tools.length > MANY_TOOLS;
    // The inspector is a process of its own, so it works beside the clients of this one.
    const inspected = isLong ? undefined : inspectTools(launch, workspace.dir).then(hashes);
    const seen = [await listAndCall(built, (it) => openModern(it, 'auto'))];
    if (!isLong) {
      seen.push(await listAndCall(built, openLegacy));
      seen.push(await listAndCall(built, (it) => openModern(it, 'legacy')));
    }
    expect((await inspected) ?? expected).toEqual(expected);
    for (const { listed, called } of seen) {
      expect(listed).toEqual(expected);
      expect(called).toMatchObject({ failed: false, isStructured: true });
    }
    expect(await validateServer(directory)).toEqual([]);
    rows.push(await callTools(file, built, watched));
  },
);

test.skipIf(!hasDescriptions)(
  'calls of them reach the service as it is described, by every method, and answers are what was promised',
  () => {
    verifies('M01');
    console.log(
      rows.map((row) => `${row.file}: ${row.calls - row.faults.length} of ${row.calls} true`).join('\n'),
    );
    const calls = rows.reduce((sum, row) => sum + row.calls, 0);
    const faults = rows.flatMap((row) => row.faults);
    console.log(faults.join('\n'));
    expect(calls).toBeGreaterThan(250);
    expect(1 - faults.length / calls).toBeGreaterThanOrEqual(FLOOR);
    expect(rows.filter(({ unmet }) => unmet.length > 0)).toEqual([]);
  },
);
