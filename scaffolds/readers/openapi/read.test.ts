import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { describe, expect, test } from 'vitest';
import { definitionOf, describing, inputsOf, operationAt, readText, textSource } from './testing.ts';
import { parseDescription } from './source/parse.ts';

const answers = { responses: { 200: { description: 'ok' } } };
const paths: JsonObject = {
  '/pets': {
    get: { operationId: 'listPets', tags: ['Animals'], ...answers },
    post: { operationId: 'createPet', tags: ['Animals'], ...answers },
  },
  '/pets/{id}': {
    get: {
      operationId: 'pets.get',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      ...answers,
    },
  },
  '/petstores': { get: { operationId: 'listStores', ...answers } },
};
const document: JsonObject = { openapi: '3.1.0', info: { title: 'Pets', version: '1' }, paths };

describe('selection', () => {
  test.each([
    [['animals'], ['list_pets', 'create_pet']],
    [['/pets'], ['list_pets', 'create_pet', 'get_pets']],
    [['/pets/'], ['list_pets', 'create_pet', 'get_pets']],
    [['pets.get'], ['get_pets']],
    [
      ['list_stores', 'post /pets'],
      ['create_pet', 'list_stores'],
    ],
  ])('%j selects %j', async (include, names) => {
    const { blueprint, total } = await readText(document, { include });
    expect(blueprint.operations.map(({ name }) => name)).toEqual(names);
    expect(total).toBe(4);
    expect(
      blueprint.omitted.filter(({ code }) => code === 'not-selected').map(({ subject }) => subject),
    ).toEqual([`${4 - names.length} operations`]);
    expect(blueprint.source.include).toEqual(include);
  });

  test('a selector that matches nothing is refused with what is near it', async () => {
    await expect(readText(document, { include: ['listPet'] })).rejects.toMatchObject({
      code: 'INCLUDE_UNMATCHED',
    });
    await expect(readText(document, { include: ['lst_pets'] })).rejects.toThrow(/Near it: .*list_pets/);
  });
});

test('progress is told for each operation', async () => {
  const seen: number[] = [];
  await readText(document, { onProgress: ({ done, total }) => seen.push(done / total) });
  expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
});

test('a base URL replaces all servers', async () => {
  const own: JsonObject = {
    ...document,
    servers: [{ url: 'https://a.test' }],
    paths: { '/x': { get: { ...answers, servers: [{ url: 'https://b.test' }] } } },
  };
  const { blueprint } = await readText(own, { baseUrl: 'https://mine.test/' });
  expect([blueprint.servers, blueprint.operations[0]?.http.servers]).toEqual([
    [{ url: 'https://mine.test' }],
    undefined,
  ]);
});

test('relative servers are completed from the URL of the description', async () => {
  const { readOpenApi } = await import('./read.ts');
  const { ServerId } = await import('@counterpart/schemas');
  const at = (servers: Json, location: string) =>
    readOpenApi(textSource(JSON.stringify({ ...document, servers }), location), {
      id: ServerId.parse('t'),
    }).then(({ blueprint }) => blueprint.servers.map(({ url }) => url));
  expect(await at([{ url: '/v1/' }], 'https://h.test/docs/api.json')).toEqual(['https://h.test/v1']);
  expect(await at([{ url: './{v}' }], 'https://h.test/docs/api.json')).toEqual(['https://h.test/docs/{v}']);
  expect(await at([{ url: '/v1/' }], 'api.json')).toEqual(['/v1']);
});

test('an address that is relative to a file is told as missing, and so is none', async () => {
  const told = async (servers: Json) => {
    const { blueprint } = await readText({ ...document, servers });
    return blueprint.omitted.filter(({ subject }) => subject === 'servers').map(({ reason }) => reason);
  };
  expect(await told([{ url: '/api/v2' }])).toEqual([expect.stringContaining('("/api/v2"); the base URL')]);
  expect(await told([])).toEqual([expect.stringContaining('names no server')]);
  expect(await told([{ url: '/a' }, { url: 'https://a.example' }])).toEqual([]);
  expect(await told([{ url: '{host}/a' }])).toEqual([]);
});

test('a type that is nothing but itself is told in one sentence', async () => {
  const self = { $ref: '#/components/schemas/Self' };
  const content = { 'application/json': { schema: self } };
  const { blueprint } = await readText({
    ...document,
    paths: { '/x': { get: { responses: { 200: { description: 'ok', content } } } } },
    components: { schemas: { Self: self } },
  });
  expect(blueprint.omitted.map(({ reason }) => reason)).toContain(
    'The schema of the type Self is defined by itself; the circle is cut there.',
  );
});

test('losses name the line they are at, in YAML and in JSON', () => {
  const yaml = parseDescription(
    textSource('openapi: 3.0.0\npaths:\n  /a:\n    get:\n      parameters:\n        - {$ref: x}\n'),
  );
  expect(yaml.lineOf('#/paths/~1a/get/parameters/0')).toBe(6);
  const json = parseDescription(
    textSource(
      JSON.stringify(
        { openapi: '3.0.0', 'a"b': [1, { c: '}' }], paths: { '/a': { get: {} } } },
        undefined,
        1,
      ),
    ),
  );
  expect([json.lineOf('#/paths/~1a/get'), json.lineOf('#/a"b/1/c'), json.lineOf('#')]).toEqual([11, 6, 1]);
});

test('the same text gives the same blueprint', async () => {
  const [first, second] = await Promise.all([readText(document), readText(document)]);
  expect(isDeepStrictEqual(first.blueprint, second.blueprint)).toBe(true);
});

describe('size', () => {
  const wide = (count: number, words: number): JsonObject =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `property_${index}`,
        { type: 'string', description: 'word '.repeat(words) },
      ]),
    );
  const withBody = (schema: Json, schemas: JsonObject) =>
    describing({ requestBody: { required: true, content: { 'application/json': { schema } } } }, { schemas });

  test('above 24 KB the words inside go, in types of their own', async () => {
    const { blueprint } = await readText(
      withBody({ $ref: '#/components/schemas/Big' }, { Big: { type: 'object', properties: wide(300, 40) } }),
    );
    const operation = operationAt(blueprint, 'POST /things');
    expect(inputsOf(operation)['body']).toEqual({ $ref: '#/$defs/Big.brief' });
    expect(JSON.stringify(blueprint.types['Big.brief'])).not.toContain('word');
    expect(operation.notes?.join()).toContain('24 KB');
    expect(operation.http.body?.contents[0]?.schema).toEqual({ $ref: '#/$defs/Big' });
  });

  test('above 100 KB the deepest types become open, and what fits still checks', async () => {
    const levels = Array.from({ length: 12 }, (_, index): [string, Json] => [
      `L${index}`,
      {
        type: 'object',
        properties: {
          ...wide(400, 0),
          next: index === 11 ? { type: 'string' } : { $ref: `#/components/schemas/L${index + 1}` },
        },
      },
    ]);
    const { blueprint } = await readText(
      withBody({ $ref: '#/components/schemas/L0' }, Object.fromEntries(levels)),
    );
    const operation = operationAt(blueprint, 'POST /things');
    expect(operation.notes?.join()).toContain('100 KB');
    const { inputSchema } = definitionOf(blueprint, operation);
    const check = new Ajv2020({ strict: false }).compile(inputSchema);
    expect([check({ body: { property_1: 1 } }), check({ body: { next: { next: {} } } })]).toEqual([
      false,
      true,
    ]);
    expect(Object.keys(blueprint.types).some((name) => name.endsWith('.open'))).toBe(true);
  });

  test('a schema that is large by itself is cut too', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `group_${index}`,
        { type: 'object', properties: wide(60, 0) },
      ]),
    );
    const { blueprint } = await readText(withBody({ type: 'object', properties }, {}));
    expect(JSON.stringify(operationAt(blueprint, 'POST /things').input).length).toBeLessThan(100 * 1024);
  });
});

test('files of a form are sent as what their schemas say they are, where no encoding says it', async () => {
  const file = (contentMediaType: string): Json => ({ type: 'string', contentMediaType });
  const schema = {
    type: 'object',
    properties: {
      pages: { type: 'array', items: { $ref: '#/components/schemas/Page' } },
      cover: file('image/png'),
      back: file('image/png'),
      note: file('text/markdown'),
      raw: { type: ['string', 'null'], contentEncoding: 'binary' },
    },
  };
  const media = { schema, encoding: { back: { contentType: 'image/jpeg' } } };
  const { blueprint } = await readText(
    describing(
      { requestBody: { content: { 'multipart/form-data': media } } },
      { schemas: { Page: file('application/pdf') } },
    ),
  );
  const [content] = operationAt(blueprint, 'POST /things').http.body?.contents ?? [];
  expect(content?.encoding).toEqual({
    back: { contentType: 'image/jpeg' },
    cover: { contentType: 'image/png' },
    pages: { contentType: 'application/pdf' },
  });
  expect(content?.schema).toMatchObject({
    properties: {
      pages: { items: { properties: { mediaType: { default: 'application/pdf' } } } },
      raw: { properties: { base64: {} } },
    },
  });
});

test('what is encoded on its way is asked for as it is, whatever those are told who write the URL themselves', async () => {
  const { blueprint } = await readText(
    describing({
      parameters: [
        {
          name: 'project',
          in: 'query',
          description: 'ID or URL-encoded path',
          schema: { type: 'string', examples: ['group%2Fproject', '100%'] },
        },
        {
          name: 'X-Path',
          in: 'header',
          description: 'URL-encoded',
          example: 'a%2Fb',
          schema: { type: 'string' },
        },
      ],
    }),
  );
  const inputs = inputsOf(operationAt(blueprint, 'POST /things'));
  expect(inputs['project']).toEqual({
    type: 'string',
    description: 'ID or URL-encoded path\nGive it as it is: it is encoded on its way.',
    examples: ['group/project', '100%'],
  });
  expect(inputs['X-Path']).toMatchObject({ description: 'URL-encoded', examples: ['a%2Fb'] });
});

test.each(['yaml', 'json'])('whole numbers that no double holds keep their digits in %s', async (form) => {
  const long = '9007199254740993';
  const schema = `{"type": "integer", "maximum": 9223372036854775807, "default": 9223372036854775807, "example": ${long}}`;
  const text = `{
"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": {
    "parameters": [
      {"in": "query", "name": "id", "schema": ${schema}},
      {"in": "query", "name": "since", "schema": {"type": "integer"}, "example": ${long}},
      {"in": "query", "name": "code", "schema": {"type": "string", "enum": [${long}, 12]}},
      {"in": "query", "name": "kind", "schema": {"type": "integer", "description": "Kind.", "enum": [${long}, 12]}},
      {"in": "header", "name": "Api-Version", "required": true, "schema": {"type": "integer", "enum": [${long}]}}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}, "example": {"ids": [${long}, 1]}}}},
    "responses": {"200": {"description": "ok", "content": {"application/json": {"example": {"id": ${long}}}}}}}}}}`;
  const { blueprint } = await readText(form === 'json' ? text : `# ${form}\n${text}`);
  const operation = operationAt(blueprint, 'POST /a');
  expect(inputsOf(operation)).toMatchObject({
    id: { maximum: 2 ** 63, default: '9223372036854775807', examples: [long] },
    since: { examples: [long] },
    code: { enum: [long, '12'] },
    kind: { type: 'integer', description: `Kind.\nOne of ${long}, 12.` },
  });
  expect(inputsOf(operation)['kind']).not.toHaveProperty('enum');
  expect(operation.examples).toEqual([{ input: { body: { ids: [long, 1] } } }]);
  expect(operation.http.parameters.find(({ name }) => name === 'Api-Version')?.default).toBe(long);
  // What a mirror answers has the type that it has.
  expect(operation.http.responses[0]?.contents[0]?.examples).toEqual([{ id: Number(long) }]);
  expect(() => Blueprint.parse(blueprint)).not.toThrow();
});

test('security that names only what is declared nowhere is told of, and the default holds', async () => {
  const { blueprint } = await readText({
    openapi: '3.0.3',
    info: { title: 'x', version: '1' },
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    paths: { '/a': { get: { security: [{ ghost: [] }], responses: {} } } },
  });
  expect(operationAt(blueprint, 'GET /a').auth).toBeUndefined();
  expect(blueprint.omitted).toContainEqual(
    expect.objectContaining({
      code: 'reference-missing',
      reason: expect.stringContaining('“ghost”, which the description declares nowhere') as string,
    }),
  );
});
