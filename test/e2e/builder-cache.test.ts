import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { compileSource } from '../../hub/src/builder/source/compile-source.ts';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';
import { openWorkspace } from './builder-workspace.ts';
import { createTestHome } from './cli-runner.ts';

const Many = z.looseObject({
  builds: z.array(
    z.looseObject({
      report: BuildReport.optional(),
      error: z.looseObject({ code: z.string() }).optional(),
    }),
  ),
});

test('an unchanged description is compiled once; a change of it, of what it refers to, of the wish or of names is seen', async () => {
  verifies('M05');
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'shop.json');
  const part = join(workspace.dir, 'toy.json');
  const split = (id: string): void => {
    writeFileSync(part, JSON.stringify({ type: 'object', properties: { [id]: { type: 'integer' } } }));
    const toy = { $ref: 'toy.json' };
    writeFileSync(
      from,
      shop(({ components }) => Object.assign(components.schemas, { Toy: toy })),
    );
  };
  split('id');
  const cacheDir = join(workspace.dir, 'cache');
  const { serversDir } = workspace;
  const compile = async (more: object = {}) => {
    const { cached, blueprint } = await compileSource({ from, cacheDir, serversDir, ...more });
    return { cached, text: JSON.stringify(blueprint) };
  };
  const anew = await compile();
  expect(await compile()).toEqual({ cached: true, text: anew.text });
  // The names of the version that is installed now are those that it was compiled with.
  const built = await workspace.build({ from, cacheDir });
  expect([built.cached, (await workspace.build({ from, cacheDir })).outcome]).toEqual([true, 'unchanged']);
  expect(await compile()).toEqual({ cached: true, text: anew.text });
  expect((await compile({ include: ['get_toy'] })).cached).toBe(false);
  split('number');
  const changed = await compile();
  expect([changed.cached, changed.text === anew.text]).toEqual([false, false]);
  split('id');
  expect((await compile()).cached).toBe(false);
  const installed = join(built.directory, 'blueprint.json');
  writeFileSync(installed, JSON.stringify({ names: {}, source: { location: 'elsewhere' } }));
  expect((await compile()).cached).toBe(false);
  rmSync(cacheDir, { recursive: true });
  writeFileSync(cacheDir, 'no folder');
  expect((await compile()).cached).toBe(false);
});

test('several sources are built beside each other; one that fails is no other’s', async () => {
  verifies('M44');
  const place = createTestHome();
  const sources = ['One', 'Two', 'Two'].map((title, index) =>
    place.write(
      `${index}.json`,
      shop(({ info }) => Object.assign(info, { title: `Shop ${title}` })),
    ),
  );
  const run = await place.run(['build', ...sources, 'nothing.json', '--jobs', '2', '--json']);
  const { builds } = run.json(Many);
  expect(run.code).toBe(4);
  expect(builds.map(({ report, error }) => report?.id ?? error?.code)).toEqual([
    'shop-one',
    'shop-two',
    'shop-two',
    'SOURCE_UNREADABLE',
  ]);
  expect(readdirSync(join(place.home, 'servers')).toSorted()).toEqual(['shop-one', 'shop-two']);
  const named = await place.run(['build', ...sources, '--name', 'shop']);
  expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('--name is for one source')]);
  await place.dispose();
});
