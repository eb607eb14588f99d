import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listTools } from '@counterpart/kit';
import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import type { Blueprint } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { compileSource } from '../../hub/src/builder/source/compile-source.ts';
import { openWorkspace } from './builder-workspace.ts';

/** A service of so many operations, whose answers have a schema of about 12 kB. */
function service(operations: number): string {
  const members = Array.from({ length: 300 }, (_, index): [string, object] => [
    `member_${index}`,
    { type: 'string' },
  ]);
  const schema = {
    type: 'object',
    properties: { part: { type: 'object', properties: Object.fromEntries(members) } },
  };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } };
  const answer = { description: 'It.', content };
  const paths = Array.from({ length: operations }, (_, index): [string, object] => [
    `/things${index}`,
    { get: { operationId: `getThing${index}`, responses: { 200: answer } } },
  ]);
  const info = { title: 'Growing', version: '1' };
  const servers = [{ url: 'https://growing.test' }];
  const components = { schemas: { Thing: schema } };
  return JSON.stringify({ openapi: '3.1.0', info, servers, components, paths: Object.fromEntries(paths) });
}

const hashesOf = (blueprint: Blueprint): Record<string, string> =>
  Object.fromEntries(listTools(blueprint).map((tool) => [tool.name, hashJson(tool)]));

test('the tools of an installed server keep their hashes while its service and the chosen part grow and shrink', async () => {
  await using workspace = await openWorkspace();
  const { serversDir } = workspace;
  const from = join(workspace.dir, 'growing.json');
  const cacheDir = join(workspace.dir, 'cache');
  const installed = join(serversDir, 'growing');
  mkdirSync(installed, { recursive: true });
  const build = async (operations: number, more: object = {}): Promise<Record<string, string>> => {
    writeFileSync(from, service(operations));
    const { blueprint } = await compileSource({ from, cacheDir, serversDir, ...more });
    writeFileSync(join(installed, 'blueprint.json'), JSON.stringify(blueprint));
    return hashesOf(blueprint);
  };
  const first = await build(60);
  expect(Object.keys(first)).toHaveLength(60);
  expect(await build(70)).toMatchObject(first);
  const whole = await build(260, { all: true });
  expect(whole).toMatchObject(first);
  expect(whole).toMatchObject(await build(260, { include: ['get_thing1', 'get_thing259'] }));
});
