import type { JsonSchema, ParameterBinding } from '@counterpart/schemas';
import { FILE_VALUE_SCHEMA } from '@counterpart/schemas/blueprint/blueprint';
import { describe, expect, test } from 'vitest';
import { matching, ask, parameter, type Body, type Draft } from '../mirror-fixture.ts';

type SerialisationCase = [
  name: string,
  more: Partial<ParameterBinding>,
  schema: JsonSchema,
  path: string,
  init?: RequestInit,
];

/** Values an operation decoded, seen through an answer whose schema only the decoded value satisfies. */
describe('every serialisation', () => {
  const LIST: JsonSchema = { type: 'array', items: { type: 'integer' }, minItems: 2 };
  const POINT: JsonSchema = {
    type: 'object',
    required: ['x', 'y'],
    properties: { x: { type: 'integer' }, y: { type: 'string' } },
    additionalProperties: false,
  };
  const cases: readonly SerialisationCase[] = [
    ['path simple list', { in: 'path', style: 'simple', explode: false }, LIST, '/v/1,2'],
    ['path simple object', { in: 'path', style: 'simple', explode: false }, POINT, '/v/x,1,y,a%2Cb'],
    ['path simple exploded object', { in: 'path', style: 'simple', explode: true }, POINT, '/v/x=1,y=b'],
    ['path label list', { in: 'path', style: 'label', explode: true }, LIST, '/v/.1.2'],
    ['path label packed list', { in: 'path', style: 'label', explode: false }, LIST, '/v/.1,2'],
    ['path matrix list', { in: 'path', style: 'matrix', explode: true }, LIST, '/v/;p=1;p=2'],
    ['path matrix packed list', { in: 'path', style: 'matrix', explode: false }, LIST, '/v/;p=1,2'],
    ['path matrix object', { in: 'path', style: 'matrix', explode: true }, POINT, '/v/;x=1;y=b'],
    ['query form list', { style: 'form', explode: true }, LIST, '/q?p=1&p=2'],
    ['query form packed list', { style: 'form', explode: false }, LIST, '/q?p=1,2'],
    ['query form packed list with an encoded comma', { style: 'form', explode: false }, LIST, '/q?p=1%2C2'],
    ['query form object', { style: 'form', explode: true }, POINT, '/q?x=1&y=b'],
    ['query form packed object', { style: 'form', explode: false }, POINT, '/q?p=x,1,y,b'],
    ['query space list', { style: 'spaceDelimited', explode: false }, LIST, '/q?p=1%202'],
    ['query pipe list', { style: 'pipeDelimited', explode: false }, LIST, '/q?p=1%7C2'],
    ['query deep object', { style: 'deepObject', explode: true }, POINT, '/q?p[x]=1&p[y]=b'],
    [
      'query deep list',
      { style: 'deepObject', explode: true },
      { type: 'object', required: ['l'], properties: { l: LIST } },
      '/q?p%5Bl%5D[]=1&p[l][]=2',
    ],
    [
      'query content',
      { style: 'content', contentType: 'application/json' },
      POINT,
      `/q?p=${encodeURIComponent('{"x":1,"y":"b"}')}`,
    ],
    ['query renamed', { name: 'p[]' }, LIST, '/q?p[]=1&p[]=2'],
    [
      'querystring',
      { in: 'querystring', style: 'content', contentType: 'application/x-www-form-urlencoded' },
      POINT,
      '/q?x=1&y=b+c',
    ],
    [
      'header list',
      { in: 'header', style: 'simple', explode: false, name: 'X-P' },
      LIST,
      '/q',
      { headers: { 'x-p': '1, 2' } },
    ],
    [
      'header object',
      { in: 'header', style: 'simple', explode: true, name: 'X-P' },
      POINT,
      '/q',
      { headers: { 'x-p': 'x=1,y=b' } },
    ],
    [
      'cookie list',
      { in: 'cookie', style: 'form', explode: false },
      LIST,
      '/q',
      { headers: { cookie: 'o=1; p=1,2' } },
    ],
    ['a boolean', {}, { type: 'boolean' }, '/q?p=true'],
    ['a text that looks like a number', {}, { type: 'string' }, '/q?p=17'],
    ['a number or a list', {}, { anyOf: [{ type: 'integer' }, LIST] }, '/q?p=17'],
    ['a text or null', {}, { type: ['string', 'null'] }, '/q?p=null'],
    ['a list of one', {}, { type: 'array', items: { type: 'integer' } }, '/q?p=1'],
  ];
  test.each(cases)('is read: %s', async (...[, more, schema, path, init]) => {
    const draft: Draft = {
      name: 'probe',
      path: more.in === 'path' ? '/v/{p}' : '/q',
      parameters: [parameter('p', { ...more, required: true })],
      input: { p: schema },
      responses: [{ status: '204', contents: [] }],
    };
    const { status, text, headers } = await ask([draft], path, init ?? {});
    expect([status, text, headers.get('x-mirror-notes')]).toEqual([204, '', null]);
    const wrong = await ask(
      [{ ...draft, input: { p: { type: 'array', items: { const: 'other' }, minItems: 1 } } }],
      path,
      init ?? {},
    );
    expect([400, 422]).toContain(wrong.status);
  });
});

test('a number with a fraction is no whole number, however many digits it has', async () => {
  const draft: Draft = {
    name: 'probe',
    path: '/q',
    parameters: [parameter('p', { required: true })],
    input: { p: { type: 'integer' } },
    responses: [{ status: '204', contents: [] }],
  };
  const statuses = ['9007199254740993', '3.0', '3.5', '9007199254740993.5', '4503599627370497.25'].map(
    async (text) => (await ask([draft], `/q?p=${text}`)).status,
  );
  expect(await Promise.all(statuses)).toEqual([204, 204, 422, 422, 422]);
});

describe('bodies', () => {
  const post = (content: object, more: Partial<Draft> = {}): Draft => ({
    name: 'post',
    method: 'POST',
    path: '/b',
    body: { required: true, contents: [content] } as never,
    responses: [{ status: '204', contents: [] }],
    ...more,
  });
  const ORDER: JsonSchema = {
    type: 'object',
    required: ['items'],
    properties: {
      items: {
        type: 'array',
        items: {
          type: 'object',
          required: ['sku'],
          properties: { sku: { type: 'string' }, count: { type: 'integer' } },
          additionalProperties: false,
        },
      },
      created_gt: { type: 'integer' },
      paid: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    additionalProperties: false,
  };
  const form = {
    mediaType: 'application/x-www-form-urlencoded',
    kind: 'form',
    schema: ORDER,
    names: { created_gt: 'created[gt]' },
  };
  const send = (draft: Draft, body: Body, type?: string): ReturnType<typeof ask> =>
    ask([draft], '/b', { method: 'POST', body, ...(type ? { headers: { 'content-type': type } } : {}) });

  test('as forms are read with brackets, repeats and renamed fields', async () => {
    const text =
      'items[0][sku]=a%26b&items[0][count]=2&items[1][sku]=c&created[gt]=5&paid=true&tags=x&tags=y';
    expect((await send(post(form), text, form.mediaType)).text).toBe('');
    const wrong = await send(post(form), 'items[0][count]=two&created[gt]=5', form.mediaType);
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('body/items/0/sku: is required');
  });

  test('as multipart are read with files, JSON parts and lists', async () => {
    const schema: JsonSchema = {
      type: 'object',
      required: ['photo', 'meta', 'tags'],
      properties: {
        photo: { ...FILE_VALUE_SCHEMA, required: ['base64', 'filename'] },
        meta: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
        tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
      },
      additionalProperties: false,
    };
    const data = new FormData();
    data.set('photo', new Blob(['abc'], { type: 'image/png' }), 'a.png');
    data.set('meta', new Blob(['{"n":1}'], { type: 'application/json' }));
    data.append('tags', 'x');
    data.append('tags', 'y');
    const draft = post({ mediaType: 'multipart/form-data', kind: 'multipart', schema });
    expect((await send(draft, data)).text).toBe('');
    data.delete('photo');
    expect((await send(draft, data)).body).toMatchObject({
      errors: [{ in: 'body', path: '/photo', message: 'is required' }],
    });
  });

  test('as bytes, text and lines of JSON are read', async () => {
    const bytes = post({ mediaType: 'application/octet-stream', kind: 'binary', schema: FILE_VALUE_SCHEMA });
    expect((await send(bytes, new Uint8Array([0, 255]), 'application/octet-stream')).status).toBe(204);
    const text = post({ mediaType: 'text/plain', kind: 'text', schema: { type: 'string', maxLength: 3 } });
    expect((await send(text, 'abc', 'text/plain')).status).toBe(204);
    expect((await send(text, 'abcd', 'text/plain')).status).toBe(422);
    const lines = post({
      mediaType: 'application/x-ndjson',
      kind: 'ndjson',
      schema: { type: 'array', items: { type: 'integer' } },
    });
    expect((await send(lines, '1\n2\n', 'application/x-ndjson')).status).toBe(204);
    expect((await send(lines, '1\n"x"\n', 'application/x-ndjson')).body).toMatchObject({
      errors: [{ path: '/1' }],
    });
  });

  test('that are missing, of another type or malformed are told apart', async () => {
    const draft = post({ mediaType: 'application/json', kind: 'json', schema: ORDER });
    const statuses = [
      (await ask([draft], '/b', { method: 'POST' })).status,
      (await send(draft, 'a,b', 'text/csv')).status,
      (await send(draft, '{"items":', 'application/json')).status,
      (await send(draft, '{"items":[]}', 'application/vnd.zoo+json; charset=utf-8')).status,
      (await send(draft, Buffer.from([0x22, 0xff, 0x22]), 'application/json')).status,
    ];
    expect(statuses).toEqual([422, 415, 400, 204, 400]);
  });

  test('have wire names where their schema has input keys', async () => {
    const schema: JsonSchema = {
      type: 'object',
      required: ['a_b'],
      properties: { a_b: { type: 'integer' } },
      additionalProperties: false,
    };
    const draft = post(
      {},
      {
        body: {
          required: true,
          contents: [{ mediaType: 'application/json', kind: 'json', schema }],
          renames: { '**': { a_b: 'a/b' } },
        },
      },
    );
    expect((await send(draft, '{"a/b":1}', 'application/json')).status).toBe(204);
  });

  test('nested deeper than the stack allows are refused', async () => {
    const recursive: JsonSchema = { type: 'array', items: { $ref: '#/$defs/Deep' } };
    const draft = post({ mediaType: 'application/json', kind: 'json', schema: { $ref: '#/$defs/Deep' } });
    const body = '['.repeat(5_000) + ']'.repeat(5_000);
    const answer = await ask([draft], '/b', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      types: { Deep: recursive },
    });
    expect([answer.status, answer.body]).toMatchObject([400, { detail: matching(/nested 5000 deep/) }]);
  });
});
