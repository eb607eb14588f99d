import { listTools } from '@counterpart/kit';
import { ServerId, type Blueprint } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { hashJson } from '../server/content-hash.ts';
import { keepListed, lockOfBuilt } from './listed-before.ts';
import { readSource } from './read.ts';

/** Things by number, whose answers have schemas of about 5, 12 and 45 kB: each budget cuts another of them. */
const paths = (count: number): object =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/things${index}/{id}`,
      { get: operation([40, 110, 400][index % 3] ?? 40) },
    ]),
  );

const operation = (members: number): object => ({
  parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
  responses: {
    200: {
      description: 'the thing',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/T${members}` } } },
    },
  },
});

const type = (members: number): object => ({
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: members }, (_, index) => [
      `member_${index}`,
      {
        type: 'object',
        properties: {
          [`part_${index}`]: { type: 'string', description: 'A part of some length, in words.' },
        },
      },
    ]),
  ),
});

async function version(count: number, before?: Blueprint): Promise<Blueprint> {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Things', version: `${count}` },
    servers: [{ url: 'https://things.test' }],
    paths: paths(count),
    components: { schemas: { T40: type(40), T110: type(110), T400: type(400) } },
  };
  const source = {
    text: JSON.stringify(document),
    location: 'things.json',
    sha256: `sha256-${'0'.repeat(64)}`,
  };
  const lock = before && lockOfBuilt(before);
  const options = { id: ServerId.parse('things'), namesOf: () => Promise.resolve(lock) };
  return keepListed((await readSource(source, options)).blueprint, lock);
}

const hashesOf = (blueprint: Blueprint): Map<string, string> =>
  new Map(listTools(blueprint).map((tool) => [tool.name, hashJson(tool)]));

const moved = (before: Blueprint, after: Blueprint): string[] => {
  const now = hashesOf(after);
  return [...hashesOf(before)].flatMap(([name, hash]) => (now.get(name) === hash ? [] : [name]));
};

test.each([
  [60, 70, 300, 66],
  [250, 260, 40, 280],
])(
  'tools that did not change keep their hashes from %i operations to %i, %i and %i',
  async (first, ...later) => {
    let before = await version(first);
    for (const count of later) {
      const after = await version(count, before);
      const kept = { ...before, operations: before.operations.slice(0, Math.min(first, count)) };
      expect(moved(keepListed(kept, lockOfBuilt(before)), after)).toEqual([]);
      before = after;
    }
  },
);

test('without the build before, tools of a grown service are listed shorter', async () => {
  expect(moved(await version(60), await version(70))).not.toEqual([]);
});

test('a first build says nothing of it, and new tools of a large service are short', async () => {
  const small = await version(10);
  expect(small.operations.every(({ outputBytes }) => outputBytes === undefined)).toBe(true);
  const large = await version(300, small);
  expect(large.operations.filter(({ outputBytes }) => outputBytes !== undefined)).toHaveLength(10);
  expect(hashesOf(large).size).toBe(300);
});
