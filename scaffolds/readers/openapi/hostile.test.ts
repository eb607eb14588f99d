import type { JsonObject } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { describe, expect, test } from 'vitest';
import { lintTool } from '../../profiles/lint.ts';
import { definitionOf, describing, inputsOf, operationAt, readText } from './testing.ts';

const refusal = (content: string) =>
  readText(content).then(
    () => 'read',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('what is not a description is refused with what it is', () => {
  test.each([
    ['', 'it is empty'],
    ['   \n\t', 'it is empty'],
    ['<!DOCTYPE html><html><body>Docs</body></html>', 'HTML'],
    ['[]', 'a list'],
    ['{}', 'empty object'],
    ['null', 'no `openapi` or `swagger` member'],
    ['{"asyncapi": "3.0.0", "channels": {}}', 'AsyncAPI'],
    ['asyncapi: 3.0.0\nchannels: {}', '--template socket'],
    ['#%RAML 1.0\ntitle: T', 'RAML document; convert it to OpenAPI'],
    ['FORMAT: 1A\n# Polls', 'API Blueprint document; convert it to OpenAPI'],
    [
      '{"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [{}]}',
      'a JSON Schema, which describes',
    ],
    [
      '{"$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", "packages": [{}]}',
      '`hub add <name>',
    ],
    ['{"mcpServers": {"a": {"command": "x"}}}', '`hub import <file>`'],
    ['{"info": {"_postman_id": "1", "schema": "https://schema.getpostman.com/x"}}', 'Postman'],
    ['{"values": [], "_postman_variable_scope": "environment"}', 'the collection that its variables are for'],
    ['-- shop\nCREATE TABLE orders (id integer primary key);', 'run it in a database'],
    ['<edmx:Edmx Version="4.0"></edmx:Edmx>', 'OData metadata'],
    ['{"kind": "discovery#restDescription", "resources": {}}', 'Google API discovery'],
    ['type Query {\n  me: User\n}', 'GraphQL'],
    ['syntax = "proto3";\nmessage A {}', 'protobuf'],
    ['{"openapi": "3.0.0", "paths": {', 'does not parse'],
    ['openapi: 3.0.0\npaths:\n  - {]', 'does not parse'],
    ['{"name": "x", "version": "1"}', 'only `name`, `version`'],
    ['{"swaggerVersion": "1.2"}', 'Swagger 1'],
  ])('%j', async (content, words) => {
    expect(await refusal(content)).toContain(words);
  });

  test('five megabytes of junk are refused in well under two seconds', async () => {
    const junk = Array.from({ length: 5_000 }, (_, line) => `${line}: ${'}{:[]&*!|>%@`'.repeat(80)}`).join(
      '\n',
    );
    const start = performance.now();
    expect(await refusal(junk)).toContain('no `openapi` or `swagger` member');
    expect(await refusal(`{${junk}`)).toContain('does not parse');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('a YAML alias bomb is refused without being unfolded', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 10 }, () => `*l${i}`).join(', ')}]`,
    );
    const bomb = ['openapi: 3.0.0', 'paths: {}', 'l0: &l0 [x]', ...levels].join('\n');
    expect(await refusal(bomb)).toContain('once its aliases are followed');
  });

  test('a YAML alias that holds itself is refused', async () => {
    expect(await refusal('openapi: 3.0.0\npaths: {}\nx-a: &a\n  b: *a\n')).toMatch(
      /nested more than|aliases/,
    );
  });

  test('a document nested without end is refused', async () => {
    const deep = `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`;
    expect(await refusal(`{"openapi": "3.0.0", "paths": {}, "x-deep": ${deep}}`)).toContain(
      'nested more than',
    );
  });
});

describe('broken parts cost no more than themselves', () => {
  test.each([
    ['paths: null', { openapi: '3.0.0', paths: null }],
    ['paths as a list', { openapi: '3.0.0', paths: [1, 2] }],
    ['no paths', { openapi: '3.1.0' }],
    ['path items of other kinds', { openapi: '3.0.0', paths: { '/a': null, '/b': 3, '/c': [], '/d': 'x' } }],
    [
      'lists where objects belong',
      { openapi: '3.0.0', info: [], servers: {}, components: [], tags: 1, paths: {} },
    ],
  ])('%s', async (_, document) => {
    const { blueprint, total } = await readText(document);
    expect({ total, operations: blueprint.operations }).toEqual({ total: 0, operations: [] });
    expect(Blueprint.safeParse(blueprint).success).toBe(true);
  });

  test('an operation that is no object is listed, its neighbour is built', async () => {
    const { blueprint, total } = await readText({
      openapi: '3.0.0',
      paths: {
        '/a': { get: null, post: [], put: { responses: null, parameters: 'x', tags: [1], security: 5 } },
      },
    });
    expect(total).toBe(3);
    expect(blueprint.operations.map(({ http }) => http.method)).toEqual(['PUT']);
    const lost = blueprint.omitted.filter(({ severity }) => severity === 'operation');
    expect(lost.map(({ code, source }) => [code, source.pointer])).toEqual(
      [
        ['operation-invalid', '#/paths/~1a/post'],
        ['operation-invalid', '#/paths/~1a/get'],
      ].sort((a, b) => ((a[1] ?? '') < (b[1] ?? '') ? -1 : 1)),
    );
  });

  test('names of object prototypes are ordinary names and pollute nothing', async () => {
    const text = `{"openapi":"3.0.0","paths":{"/a":{"post":{"operationId":"constructor",
      "parameters":[{"name":"__proto__","in":"query","schema":{"type":"string"}},{"name":"constructor","in":"query","schema":{"type":"string"}}],
      "requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/constructor"}}}},"responses":{}}},
      "/b":{"get":{"parameters":[{"$ref":"#/components/parameters/toString"}]}},
      "__proto__":{"get":{}}},
      "components":{"schemas":{"constructor":{"type":"object","required":["hasOwnProperty"],
        "properties":{"__proto__":{"type":"object","properties":{"polluted":{"type":"string"}}},"constructor":{"type":"string"},"hasOwnProperty":{"type":"string"}}},
        "__proto__":{"type":"string"}}}}`;
    const { blueprint } = await readText(text);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(blueprint.types['constructor']).toMatchObject({
      required: ['hasOwnProperty'],
      properties: { constructor: { type: 'string' } },
    });
    expect(Object.keys(inputsOf(operationAt(blueprint, 'POST /a'))).sort()).toEqual([
      'body',
      'constructor',
      'proto',
    ]);
    expect(
      blueprint.omitted.filter(({ severity }) => severity !== 'notice').map(({ subject }) => subject),
    ).toEqual(['#/components/schemas/constructor', 'GET /b: a parameter']);
    expect(Blueprint.safeParse(JSON.parse(JSON.stringify(blueprint))).success).toBe(true);
  });

  test('a schema 200 levels deep is cut open, not followed', async () => {
    let schema: JsonObject = { type: 'string' };
    for (let level = 0; level < 200; level += 1) schema = { type: 'object', properties: { a: schema } };
    const { blueprint } = await readText(
      describing({ requestBody: { content: { 'application/json': { schema } } } }),
    );
    expect(blueprint.operations).toHaveLength(1);
    expect(blueprint.omitted.map(({ code, severity }) => [code, severity])).toContainEqual([
      'schema-unusable',
      'part',
    ]);
  });

  test('references that only lead to each other are cut; recursion through properties stays', async () => {
    const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    const { blueprint } = await readText(
      describing(
        {
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'object', properties: { x: ref('A'), y: ref('Self'), z: ref('Node') } },
              },
            },
          },
        },
        {
          schemas: {
            A: ref('B'),
            B: { allOf: [ref('A'), { type: 'object' }] },
            Self: ref('Self'),
            Node: { type: 'object', properties: { next: ref('Node') } },
          },
        },
      ),
    );
    expect(blueprint.types['Node']).toEqual({
      type: 'object',
      properties: { next: { $ref: '#/$defs/Node' } },
    });
    expect(blueprint.types['Self']).toEqual({});
    expect(blueprint.omitted.filter(({ code }) => code === 'reference-cycle').length).toBeGreaterThanOrEqual(
      2,
    );
    expect(lintTool(definitionOf(blueprint, operationAt(blueprint, 'POST /things')))).toEqual([]);
  });

  test('parameters, bodies and path items that refer to themselves cost only themselves', async () => {
    const { blueprint, total } = await readText({
      openapi: '3.0.0',
      paths: {
        '/a': {
          get: { parameters: [{ $ref: '#/components/parameters/P' }] },
          post: { requestBody: { $ref: '#/components/requestBodies/R' } },
          put: {},
        },
        '/c': { $ref: '#/paths/~1d' },
        '/d': { $ref: '#/paths/~1c' },
      },
      components: {
        parameters: { P: { $ref: '#/components/parameters/P' } },
        requestBodies: { R: { $ref: '#/components/requestBodies/R' } },
      },
    });
    expect(total).toBe(3);
    expect(blueprint.operations.map(({ http }) => http.method)).toEqual(['GET', 'PUT']);
    expect(
      blueprint.omitted
        .filter(({ code }) => code === 'reference-cycle')
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['/c', '/d', 'GET /a: a parameter', 'POST /a']);
  });
});

test('byte order marks and Windows line ends change nothing', async () => {
  const text =
    '\uFEFFopenapi: 3.0.0\r\ninfo:\r\n  title: T\r\n  version: 2020-01-01\r\npaths:\r\n  /a:\r\n    get:\r\n      summary: A\r\n';
  const { blueprint } = await readText(text);
  expect([blueprint.version, blueprint.operations.map(({ title }) => title)]).toEqual(['2020-01-01', ['A']]);
});

test('keys that YAML reads as numbers, booleans or null are texts', async () => {
  const { blueprint } = await readText(
    'openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n        default: {description: no}\n        true: {description: what}\n',
  );
  expect(blueprint.operations[0]?.http.responses.map(({ status }) => status)).toEqual(['200', 'default']);
});
