import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Each form in which services tell what happened: things, lists of them, what holds them, and what nothing is kept of. */
const EVENTS = `
  interface Node { id: ID! }
  type Order implements Node { id: ID! state: String! lines: [Line!]! }
  type Line { count: Int! }
  type Paid { order: Order! by: String! }
  type Shipped { order: Order! carrier: String! }
  union OrderEvent = Paid | Shipped
  interface Happening { at: String! order: Order! }
  type Sent implements Happening { at: String! order: Order! }
  type Weather { celsius: Float! }
  type order_aggregate { nodes: [Order!]! }
  type Query { order(id: ID!): Order }
  type Subscription {
    orderCreated: Order!
    orderChanged(id: ID!): Order!
    orderRemoved: Order!
    nodeChanged(id: ID!): Node!
    orders: [Order!]!
    orderEvents(orderId: ID!): OrderEvent!
    happenings: [Happening!]!
    orderTotals: order_aggregate!
    weather(place: String!): Weather!
    ticks: Int!
    log: [String!]!
  }`;

const DEAF_TOOL = `import { defineTool } from '@counterpart/kit';
import { z } from 'zod';
export const watchOrderCreated = defineTool({
  name: 'watch_order_created',
  description: 'Listens to nothing.',
  effect: 'read',
  input: z.looseObject({}),
  output: z.object({ events: z.array(z.unknown()), ended: z.string() }),
  run: () => ({ events: [], ended: 'seconds' }),
});
`;

test('a tool that listens hears an event of the mirror, and one that hears none has failed', async () => {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'events.graphql');
  writeFileSync(from, EVENTS);
  const options = { name: 'events', baseUrl: 'https://events.example.test/graphql' };
  const { directory } = await workspace.build({ from, ...options });
  const sound = await verifyServer(directory);
  expect(sound.tools.filter(({ modern }) => modern.outcome !== 'ok')).toEqual([]);
  expect(sound.counts).toMatchObject({ failed: 0, skipped: 0 });
  expect(sound.durationMs).toBeLessThan(20_000); // two seconds of waiting for each of 24 calls would be more
  mkdirSync(join(directory, 'src/tools'), { recursive: true });
  writeFileSync(join(directory, 'src/tools/watch-order-created.ts'), DEAF_TOOL);
  await workspace.build({ from: directory, name: 'events' });
  const { tools } = await verifyServer(directory);
  expect(tools.find(({ tool }) => tool === 'watch_order_created')?.modern).toEqual({
    outcome: 'failed',
    detail: 'the mirror sent an event, and the tool heard none',
  });
});

test('a folder that is no server is refused before anything is started', async () => {
  await using workspace = await openWorkspace();
  writeFileSync(join(workspace.dir, 'manifest.json'), '{}');
  await expect(verifyServer(workspace.dir)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
});
