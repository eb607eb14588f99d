import { readFileSync } from 'node:fs';
import { ServerId, type Json } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { testGoldenCases } from '../styles/golden-cases.ts';
import { isPostman } from './fits.ts';
import { readPostman } from './read.ts';

testGoldenCases('postman', readPostman, process.env['UPDATE'] === '1');

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

const textOf = (item: Json, more: Record<string, Json> = {}): string =>
  JSON.stringify({ info: { name: 'T', schema: SCHEMA }, item, ...more });

const read = (text: string) =>
  readPostman(
    { text, location: 'shop.json', sha256: `sha256-${'0'.repeat(64)}` },
    { id: ServerId.parse('test') },
  );

const problemOf = (text: string): Promise<string> =>
  read(text).then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );

const get = (url: Json, name = ''): Json => ({ name, request: { method: 'GET', url } });

test('no credential that was saved is in what is made, and no text is cut for the word that stands for one', async () => {
  const text = readFileSync(new URL('../../golden/postman/shop/expected.json', import.meta.url), 'utf8');
  expect(text).not.toMatch(/s3cr3t/);
  const { blueprint } = await read(
    textOf([
      {
        name: 'Refresh a token',
        request: {
          method: 'POST',
          url: 'https://a.test/token',
          header: [{ key: 'Authorization', value: 'Bearer token' }],
        },
      },
    ]),
  );
  expect(blueprint.operations.map(({ name, title }) => [name, title])).toEqual([
    ['refresh_token', 'Refresh a token'],
  ]);
});

describe('where a request goes', () => {
  test.each([
    ['https://a.test/users/:id', '/users/{id}'],
    ['https://a.test/users/{{id}}.json', '/users/{id}.json'],
    ['https://a.test/users/<userId>/posts', '/users/{userId}/posts'],
    ['https://a.test/users/42', '/users/{user_id}'],
    ['https://a.test/v2/users/', '/v2/users/'],
    ['a.test/users', '/users'],
    ['{{unknown}}/users?x=1#top', '/users'],
    [{ protocol: 'https', host: ['a', 'test'], path: ['users', { value: 'me' }] }, '/users/me'],
  ])('%j asks %s', async (url, path) => {
    const { blueprint } = await read(textOf([get(url)]));
    expect(blueprint.operations.map(({ http }) => http.path)).toEqual([path]);
  });
});

test('what is no collection of requests is refused with what it is', async () => {
  expect(await problemOf(textOf([]))).toMatch(/the collection has no requests/);
  expect(await problemOf(textOf('none'))).toMatch(/without a list of requests/);
  expect(await problemOf(textOf([get('')]))).toMatch(/It has no URL/);
  expect(await problemOf(textOf([]).slice(0, 60))).toMatch(/JSON does not parse/);
});

test('folders without end, names of prototypes and bodies that are none are read like any other', async () => {
  let item: Json = [get('https://a.test/deep', 'Deep')];
  for (let depth = 0; depth < 40; depth += 1) item = [{ name: '__proto__', item }];
  const odd = {
    name: 'constructor',
    request: {
      method: 'post',
      url: 'https://a.test/__proto__/:__proto__',
      body: { mode: 'raw', raw: '{{{' },
    },
  };
  const { blueprint } = await read(textOf([...(item as Json[]), odd, null, 7]));
  expect(blueprint.operations.map(({ http }) => `${http.method} ${http.path}`)).toEqual([
    'GET /deep',
    'POST /__proto__/{__proto__}',
  ]);
});

test('a collection is known by its schema, whatever stands before it', () => {
  expect(isPostman(textOf([]))).toBe(true);
  expect(isPostman(`\uFEFF${textOf([]).replaceAll('/', String.raw`\/`)}`)).toBe(true);
  expect(isPostman('{"requests": [{"id": "r", "collectionId": "c"}]}')).toBe(true);
  expect(
    isPostman('{"info": {"schema": "http://schema.getpostman.com/collection/v2/collection.json"}}'),
  ).toBe(true);
  expect(isPostman('{"info": {"_postman_schema": "https://schema.getpostman.com/#2.0.0"}}')).toBe(true);
  expect(isPostman('{"item": []}')).toBe(false);
  expect(isPostman('{"requests": [{"id": "r", "method": "GET"}]}')).toBe(false);
});

test('a request whose auth is of another type keeps it, and gets no token of the collection', async () => {
  const basic = { name: 'b', request: { url: 'https://b.test/b', auth: { type: 'basic' } } };
  const { blueprint } = await read(textOf([get('https://a.test/a'), basic], { auth: { type: 'bearer' } }));
  const ways = blueprint.operations.map(({ http, auth }) => [http.path, auth ?? blueprint.auth.default]);
  expect(Object.fromEntries(ways)).toEqual({ '/a': [{ bearer: [] }], '/b': [{ basic: [] }] });
});

const post = (body: Json, name: string, header: Json = []): Json => ({
  name,
  request: { method: 'POST', url: 'https://a.test/labels', header, body },
});

test('fields that are switched off may be given, and all are described as the collection does', async () => {
  const formdata = [
    { key: 'label', type: 'file', description: 'What is printed' },
    { key: 'format', value: 'PDF', description: '(Required) PDF or ZPL' },
    { key: 'copies', value: '2', disabled: true, description: { content: 'How many' } },
    { key: 'logo', type: 'file', disabled: true },
    { key: '' },
  ];
  const { blueprint } = await read(textOf([post({ mode: 'formdata', formdata }, 'Print label')]));
  const input = blueprint.operations[0]?.input as { properties: { body: Json } };
  expect(input.properties.body).toMatchObject({
    properties: {
      label: { description: 'What is printed' },
      format: { description: 'PDF or ZPL', type: 'string', examples: ['PDF'] },
      copies: { description: 'How many', type: 'number', examples: [2] },
      logo: { type: 'object' },
    },
    required: ['format'],
  });
  const off = [{ key: 'scope', value: 'read', disabled: true }];
  const { blueprint: other } = await read(
    textOf([post({ mode: 'urlencoded', urlencoded: off }, 'Get token')]),
  );
  expect(other.operations[0]?.http.body?.contents[0]?.mediaType).toBe('application/x-www-form-urlencoded');
});

test('comments behind the values of a body are none of it, and what looks like one in a text is', async () => {
  const raw = '{\n "a": 1.5, // first\n "url": "https://a.test/*x*/", /* both */ "b": {{b}}\n}';
  const { blueprint } = await read(textOf([post({ mode: 'raw', raw }, 'Print label')]));
  const input = blueprint.operations[0]?.input as { properties: { body: { properties: Json } } };
  expect(input.properties.body.properties).toMatchObject({
    a: { type: 'number' },
    url: { type: 'string' },
    b: {},
  });
});

test('headers that any client sends are asked for where the collection says why', async () => {
  const header = [
    { key: 'Accept-Language', value: 'de', disabled: true, description: 'Language of texts' },
    { key: 'Cache-Control', value: 'no-cache' },
    { key: 'If-Match', value: '{{etag}}' },
  ];
  const { blueprint } = await read(textOf([post({}, 'Print label', header)]));
  expect(blueprint.operations[0]?.http.parameters.map(({ name }) => name)).toEqual([
    'if-match',
    'accept-language',
  ]);
});

test('requests that one address tells apart by their bodies are a tool each: GraphQL as text, and calls of JSON-RPC', async () => {
  const raw = (value: Json): Json => ({ mode: 'raw', raw: JSON.stringify(value) });
  const { blueprint } = await read(
    textOf([
      post(
        raw({ query: 'query getUser($id: ID!) { user(id: $id) { id } }', variables: { id: '1' } }),
        'Get user',
      ),
      post(raw({ query: 'mutation addUser { addUser { id } }' }), 'Add user'),
      post(raw({ jsonrpc: '2.0', method: 'eth_getBalance', params: ['0x1', 'latest'], id: 7 }), 'Balance'),
      post(
        raw({ jsonrpc: '2.0', method: 'eth_getBalance', params: ['0x2', 'latest'], id: 8 }),
        'Balance again',
      ),
      post(raw({ jsonrpc: '2.0', method: 'eth_sendRawTransaction', params: ['0x'], id: 7 }), 'Send'),
    ]),
  );
  expect(blueprint.operations.map(({ name, effect }) => [name, effect])).toEqual([
    ['get_user', 'read'],
    ['add_user', 'write'],
    ['get_eth_balance', 'read'],
    ['send_eth_raw_transaction', 'write'],
  ]);
  const input = blueprint.operations[2]?.input as { properties: { body: Json } };
  expect(input.properties.body).toMatchObject({
    properties: { jsonrpc: { const: '2.0' }, method: { const: 'eth_getBalance' }, id: { const: 7 } },
    required: ['jsonrpc', 'method', 'id'],
  });
});

test('that many saved requests are one tool is told', async () => {
  const bodies = Array.from({ length: 10 }, (_, at) => ({
    mode: 'raw',
    raw: JSON.stringify({ [`k${at}`]: at }),
  }));
  const { blueprint } = await read(textOf(bodies.map((body, at) => post(body, `Ask ${at}`))));
  expect(blueprint.operations).toHaveLength(1);
  expect(blueprint.omitted.map(({ reason }) => reason)).toContain(
    '10 saved requests ask one address and differ in their bodies; they are taken for one tool.',
  );
});
