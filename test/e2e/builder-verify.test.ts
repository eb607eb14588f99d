import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ejectTool } from '@counterpart/scaffolds/server/eject';
import { VerifyReport } from '@counterpart/schemas/builds/verify';
import { expect, test } from 'vitest';
import { verifyServer } from '../../hub/src/builder/verify/verify-server.ts';
import { createTestHome } from './cli-runner.ts';
import { shop } from './builder-shop.ts';
import { openWorkspace } from './builder-workspace.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = readdirSync(join(root, 'servers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(examples)(
  'every tool of %s answers in both protocols against the mirror of its service',
  { timeout: 240_000 },
  async (server) => {
    const place = createTestHome();
    const { code, json } = await place.run(['verify', join(root, 'servers', server), '--json']);
    const report = json(VerifyReport);
    await place.dispose();
    const failed = report.tools.filter(({ modern, legacy }) =>
      [modern, legacy].some(({ outcome }) => outcome === 'failed'),
    );
    expect(failed).toEqual([]);
    expect({ code, passed: report.passed, failed: report.counts.failed }).toEqual({
      code: 0,
      passed: true,
      failed: 0,
    });
    expect(report.counts.ok).toBeGreaterThan(report.counts.skipped);
  },
);

test('a tool that fails is named with its operation and what it answered', async () => {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'shop.json');
  writeFileSync(from, shop());
  const { directory } = await workspace.build({ from, name: 'shop' });
  const { file } = await ejectTool(directory, 'get_toy');
  const path = join(directory, file);
  const code = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    code.replace(
      '    const call =',
      "    if (true) throw new ToolFailure('Broken on purpose.');\n    const call =",
    ),
  );
  await workspace.build({ from: directory, name: 'shop' });
  const { passed, counts, tools } = await verifyServer(directory);
  expect({ passed, failed: counts.failed }).toEqual({ passed: false, failed: 1 });
  const failure = { outcome: 'failed', detail: 'Broken on purpose.' };
  expect(tools.find(({ tool }) => tool === 'get_toy')).toEqual({
    tool: 'get_toy',
    operation: 'GET /toys/{id}',
    modern: failure,
    legacy: failure,
  });
});

test('a tool whose annotations say less than it does is found out by what its call leaves behind', async () => {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'shop.json');
  writeFileSync(from, shop());
  const { directory } = await workspace.build({ from, name: 'shop' });
  expect((await verifyServer(directory)).passed).toBe(true);
  const { file } = await ejectTool(directory, 'create_toy');
  const path = join(directory, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace('effect: "write"', "effect: 'read'"));
  await workspace.build({ from: directory, name: 'shop' });
  const { tools } = await verifyServer(directory);
  const { modern } = tools.find(({ tool }) => tool === 'create_toy') ?? {};
  const detail = 'its annotations say that it only reads, and its call created `toy`';
  expect(modern).toEqual({ outcome: 'failed', detail });
});

test('a folder that is no server is refused before anything is started', async () => {
  await using workspace = await openWorkspace();
  writeFileSync(join(workspace.dir, 'manifest.json'), '{}');
  await expect(verifyServer(workspace.dir)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
});
