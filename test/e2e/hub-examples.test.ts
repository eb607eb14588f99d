import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Manifest } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, HUB_PROGRAM, makeHome, startHub, type TestHub, writePackage } from '../fixtures/hub.ts';
import { ROOT } from '../guards/proofs-reporter.ts';
import { verifies } from '../verifies.ts';

/** The servers of the repository, with a read-only tool of each and the arguments it takes. */
const EXAMPLES = {
  museum: { tool: 'museum__get_museum_hours', arguments: {} },
  notion: { tool: 'notion__get_self', arguments: {} },
  pokeapi: { tool: 'pokeapi__list_pokemon', arguments: { limit: 2 } },
  stripe: { tool: 'stripe__get_balance', arguments: {} },
};
const ids = Object.keys(EXAMPLES);
const Tools = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });

let place: ReturnType<typeof makeHome>;
let hub: TestHub | undefined;

beforeEach(() => {
  const overrides = Object.fromEntries(ids.map((id) => [id, { target: 'mirror' }]));
  place = makeHome({ overrides }, Object.fromEntries(ids.map((id) => [id, join(ROOT, 'servers', id)])));
});
afterEach(async () => {
  await hub?.stop();
  hub = undefined;
  place.remove();
});

const everything = async (running: TestHub) => {
  const { tools } = Tools.parse(await running.rpc('tools/list'));
  const results = await Promise.all(
    Object.values(EXAMPLES).map(({ tool, arguments: args }) =>
      running.rpc('tools/call', { name: tool, arguments: args }),
    ),
  );
  return { tools: tools.filter(({ name }) => !name.startsWith('extra__')), results };
};

test('the servers of the repository list and answer the same before, while and after another one is there', async () => {
  verifies('A12');
  hub = await startHub(place.home);
  const before = await everything(hub);
  expect(before.results.filter(({ isError }) => isError === true)).toEqual([]);
  expect(before.tools.length).toBeGreaterThan(200);
  const directory = join(place.home, 'servers', 'extra');
  writePackage(directory, { id: 'extra' });
  const running = hub;
  const hasExtra = async () =>
    Tools.parse(await running.rpc('tools/list')).tools.some(({ name }) => name === 'extra__hello');
  await eventually(hasExtra);
  expect(await everything(hub)).toEqual(before);
  rmSync(directory, { recursive: true });
  await eventually(async () => !(await hasExtra()));
  expect(await everything(hub)).toEqual(before);
});

test('the tools the hub lists are the ones the manifests name, with nothing running', async () => {
  verifies('A13');
  hub = await startHub(place.home);
  const { tools } = Tools.parse(await hub.rpc('tools/list'));
  const declared = ids.flatMap((id) => {
    const file = join(ROOT, 'servers', id, 'manifest.json');
    return Object.keys(Manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).tools).map(
      (name) => `${id}__${name}`,
    );
  });
  expect(tools.map(({ name }) => name).sort()).toEqual(declared.sort());
  const { servers } = z
    .object({ servers: z.array(z.object({ state: z.string() })) })
    .parse(await hub.get('/api/servers'));
  expect(servers.map(({ state }) => state)).toEqual(ids.map(() => 'stopped'));
});

test('the tree of servers keeps the convention, and a breach of it is named', () => {
  verifies('A05');
  const lint = () =>
    spawnSync(process.execPath, [HUB_PROGRAM, 'lint-tree', '--home', place.home, '--json'], {
      encoding: 'utf8',
    });
  expect(lint().status).toBe(0);
  const file = join(place.home, 'servers', 'museum', 'tools.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"get_museum_hours"', '"get_other_hours"'));
  rmSync(join(place.home, 'servers', 'notion', 'blueprint.json'));
  const { status, stdout } = lint();
  expect(status).not.toBe(0);
  expect(stdout).toContain('museum');
  expect(stdout).toContain('tools.json');
  expect(stdout).toContain('blueprint.json');
});
