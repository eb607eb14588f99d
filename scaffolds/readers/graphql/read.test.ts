import { readFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { readSource } from '../read.ts';
import { isGraphql } from './fits.ts';
import { documentsOf, operationNamed, readText, sourceOf } from './testing.ts';

const golden = (name: string): string =>
  readFileSync(new URL(`../../golden/graphql/${name}`, import.meta.url), 'utf8');

describe('what is a GraphQL schema', () => {
  test.each([
    ['text', 'a.txt', '"""About."""\ntype Query {\n  a: Int\n}'],
    ['text that extends', 'a.txt', 'extend type Query @key(fields: "id") {\n  a: Int }'],
    ['a scalar first', 'a.txt', '# made by hand\nscalar Date\ntype Query { a: Date }'],
    ['a file that says so', 'schema.graphql', '\n'],
    ['an introspection', 'a.json', '{ "data": { "__schema": {} } }'],
    ['queries, to be refused as such', 'a.txt', 'query A { b }'],
  ])('%s', (_, location, text) => {
    expect(isGraphql(sourceOf(text, location))).toBe(true);
  });

  test.each([
    ['OpenAPI', 'a.yaml', 'openapi: 3.1.0\ninfo:\n  description: |\n    type Query {\n'],
    ['JSON', 'a.json', '{ "openapi": "3.1.0" }'],
    ['a page', 'a.graphql', '<!doctype html><title>GraphiQL</title>'],
    ['YAML with such words', 'a.yaml', 'type: object\ninput: x\nenum: [a]\n'],
    ['protobuf', 'a.proto', 'syntax = "proto3";\nenum X {\n A = 0;\n}'],
  ])('not %s', (_, location, text) => {
    expect(isGraphql(sourceOf(text, location))).toBe(location === 'a.proto');
  });
});

describe('a source that cannot be read', () => {
  test.each([
    ['broken text', 'type Query {\n  a: Int\n', 'SCHEMA_UNREADABLE', '<EOF> at line 3, column 1'],
    ['nothing', '  \n', 'SCHEMA_UNREADABLE', 'it defines nothing'],
    ['queries', 'query A { b }', 'SCHEMA_UNREADABLE', 'it holds queries and no types'],
    [
      'JSON cut off',
      '{ "__schema": { "types": [',
      'SCHEMA_UNREADABLE',
      'it begins as JSON and is not; is it cut off?',
    ],
    ['JSON of something else', '{ "a": 1 }', 'SCHEMA_UNREADABLE', 'without the `__schema`'],
    ['types without a root', 'type A { b: Int }', 'SCHEMA_EMPTY', 'it defines 1 type, and none of them'],
    ['an empty introspection', '{ "__schema": {} }', 'SCHEMA_UNREADABLE', 'it defines nothing'],
    ['a root without fields', 'type Query', 'SCHEMA_EMPTY', 'none of them'],
    [
      'endless nesting',
      `type Query { a: ${'['.repeat(200_000)}`,
      'SCHEMA_UNREADABLE',
      'it is nested too deeply',
    ],
  ])('%s', async (_, text, code, message) => {
    await expect(readText(text)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  test('whatever stands in an introspection cannot become text of the schema', async () => {
    const name = 'Query { evil: Int } type Other';
    const schema = {
      queryType: { name: 'Query' },
      types: [
        { kind: 'OBJECT', name, fields: [] },
        {
          kind: 'OBJECT',
          name: 'Query',
          fields: [
            { name: 'good', args: [], type: { kind: 'SCALAR', name: 'Int' } },
            { name: 'bad: Int } type X { y', args: [], type: { kind: 'SCALAR', name: 'Int' } },
            {
              name: 'withDefault',
              args: [{ name: 'a', type: { kind: 'SCALAR', name: 'Int' }, defaultValue: '1) { x }' }],
              type: { kind: 'SCALAR', name: 'Int' },
            },
          ],
        },
      ],
    };
    const { blueprint } = await readText(JSON.stringify({ __schema: schema }));
    expect(blueprint.graphql?.types).toEqual({
      Query: 'type Query {\ngood: Int\nwithDefault(a: Int): Int\n}',
    });
  });
});

describe('large schemas', () => {
  const fields = (count: number): string =>
    Array.from({ length: count }, (_, index) => `  thing${index}(id: ID!): Thing`).join('\n');
  const schemaOf = (count: number): string => `type Thing { id: ID! }\ntype Query {\n${fields(count)}\n}`;

  test('are reached by the tools over the schema alone, and the list stays small', async () => {
    const { blueprint, total } = await readText(schemaOf(1_000));
    expect(total).toBe(1_000);
    expect(blueprint.operations.map(({ name }) => name)).toEqual([
      'search_schema',
      'describe_type',
      'validate_document',
      'run_query',
    ]);
    expect(JSON.stringify(listTools(blueprint)).length).toBeLessThan(4_096);
  });

  test('have tools for the fields that are asked for', async () => {
    const include = ['thing7', 'Query.thing8', 'thing99*'];
    const { blueprint } = await readText(schemaOf(1_000), { include });
    const names = blueprint.operations.slice(4).map(({ name }) => name);
    expect(names).toHaveLength(2 + 11);
    expect(names).toContain('get_thing7');
    const alike = await readText(schemaOf(100), { include: ['schema', 'run_query', 'thing7'] });
    expect(alike.blueprint.operations).toHaveLength(5);
    expect((await readText(schemaOf(100), { whole: true })).blueprint.operations).toHaveLength(104);
    const whole = await readText(schemaOf(100), { include: ['query'] });
    expect(whole.blueprint.operations).toHaveLength(104);
    await expect(readText(schemaOf(100), { include: ['thng7'] })).rejects.toMatchObject({
      code: 'INCLUDE_UNMATCHED',
      message: expect.stringContaining('thing7') as string,
    });
  });

  test('of ten thousand types that all lead to each other are read', async () => {
    const types = Array.from({ length: 10_000 }, (_, index) => {
      const others = [1, 7, 4_999].map((step) => `to${step}: T${(index + step) % 10_000}!`);
      const inputs = [1, 7, 4_999].map((step) => `to${step}: I${(index + step) % 10_000}`);
      return `type T${index} implements N { id: ID! ${others.join(' ')} }\ninput I${index} { ${inputs.join(' ')} }`;
    });
    const text = `interface N { id: ID! }\n${types.join('\n')}\ntype Query { begin(where: I0): T0 any: N }`;
    const { blueprint } = await readText(text);
    const start = operationNamed(blueprint, 'get_begin');
    const tool = listTools(blueprint).find(({ name }) => name === start.name);
    expect(Buffer.byteLength(JSON.stringify(tool?.inputSchema))).toBeLessThan(100 * 1_024);
    const [first = ''] = documentsOf(blueprint);
    expect(first.length).toBeLessThan(4_000);
    expect(validate(buildSchema(text), parse(first))).toEqual([]);
  }, 60_000);
});

describe('where it is', () => {
  const text = 'type Query { a: Int }';

  test.each([
    ['https://api.example.com/graphql', 'https://api.example.com', '/graphql'],
    ['https://api.example.com', 'https://api.example.com', '/graphql'],
    ['https://api.example.com/', 'https://api.example.com', '/'],
    [
      'https://example.com/admin/2024-01/graphql.json?x=1',
      'https://example.com',
      '/admin/2024-01/graphql.json',
    ],
  ])('%s', async (baseUrl, url, path) => {
    const { blueprint } = await readText(text, { baseUrl });
    expect([blueprint.servers, blueprint.graphql?.path, blueprint.operations[0]?.http.path]).toEqual([
      [{ url }],
      path,
      path,
    ]);
  });

  test('is told where it is not known', async () => {
    const { blueprint } = await readText(text);
    expect(blueprint.omitted.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('--base-url') as string,
    ]);
  });
});

test('names stay what they were when fields are added before them', async () => {
  const before = await readText('type Query { item: Int }');
  const after = await readText('type Query { getItem: Int item: Int }', {
    namesOf: async () => Promise.resolve(before.blueprint.names),
  });
  expect(after.blueprint.operations.slice(4).map(({ name }) => name)).toEqual([
    expect.stringMatching(/^get_item_[0-9a-f]{4}$/) as string,
    'get_item',
  ]);
});

test('the dispatch of readers knows it', async () => {
  const source = sourceOf(golden('shop/input.graphql'), 'shop.graphql');
  const { blueprint } = await readSource(source, { id: 'shop' as never });
  expect([blueprint.source.kind, blueprint.title]).toEqual(['graphql', 'shop']);
});

test('a relay page says how to read on', async () => {
  const { blueprint } = await readText(golden('shop/input.graphql'));
  expect(operationNamed(blueprint, 'list_products').pagination).toEqual({
    kind: 'cursor',
    request: { cursor: 'after', limit: 'first' },
    response: {
      items: '/nodes',
      next: '/pageInfo/endCursor',
      more: '/pageInfo/hasNextPage',
      total: '/totalCount',
    },
    pageSize: 10,
  });
});
