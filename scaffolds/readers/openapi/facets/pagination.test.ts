import type { Json, JsonObject, Pagination } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { operationAt, readText } from '../testing.ts';

interface Listing {
  readonly query?: readonly (string | JsonObject)[];
  readonly answer: Json;
  readonly headers?: JsonObject;
  readonly path?: string;
  readonly more?: JsonObject;
  readonly example?: Json;
}

/** The paging facet of `GET /things` with these query parameters (integers, when only named) and this answer. */
async function paging({ query = [], answer, headers, path = '/things', more, example }: Listing) {
  const parameters = query.map((given): JsonObject => {
    const { name, ...schema } = typeof given === 'string' ? { name: given, type: 'integer' } : given;
    return { name: name ?? '', in: 'query', schema };
  });
  const content = { 'application/json': { schema: answer, ...(example === undefined ? {} : { example }) } };
  const ok = { description: 'ok', content, ...(headers === undefined ? {} : { headers }) };
  const { blueprint } = await readText({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { [path]: { get: { parameters, responses: { 200: ok }, ...more } } },
    components: { schemas: { Thing: { type: 'object', properties: { id: { type: 'string' } } } } },
  });
  return operationAt(blueprint, `GET ${path}`).pagination;
}

const things = { type: 'array', items: { $ref: '#/components/schemas/Thing' } };
const text = { type: 'string' };
const object = (properties: JsonObject): JsonObject => ({ type: 'object', properties });
const cursor = { name: 'cursor', type: 'string' };

describe('paging is recognised from parameters and answer together', () => {
  test.each<[string, Listing, Pagination]>([
    [
      'pages of a bare list',
      { query: ['page', { name: 'per_page', type: 'integer', default: 30 }], answer: things },
      { kind: 'page', request: { page: 'page', limit: 'per_page' }, response: { items: '' }, pageSize: 30 },
    ],
    [
      'pages counted from nought',
      {
        query: [{ name: 'page', type: 'integer', default: 0 }],
        answer: object({ content: things, totalElements: { type: 'integer' } }),
      },
      {
        kind: 'page',
        request: { page: 'page' },
        response: { items: '/content', total: '/totalElements' },
        firstPage: 0,
      },
    ],
    [
      'an offset with a total in a part of its own',
      {
        query: ['$skip', '$top'],
        answer: object({ value: things, meta: object({ total: { type: 'integer' } }) }),
      },
      {
        kind: 'offset',
        request: { page: 'skip', limit: 'top' },
        response: { items: '/value', total: '/meta/total' },
      },
    ],
    [
      'a cursor deep in the answer',
      {
        query: [cursor, 'limit'],
        answer: object({ channels: things, response_metadata: object({ next_cursor: text }) }),
      },
      {
        kind: 'cursor',
        request: { limit: 'limit', cursor: 'cursor' },
        response: { items: '/channels', next: '/response_metadata/next_cursor' },
      },
    ],
    [
      'the last item where no cursor is answered',
      {
        query: [{ name: 'starting_after', type: 'string' }, 'limit'],
        answer: object({ data: things, has_more: { type: 'boolean' } }),
      },
      {
        kind: 'cursor',
        request: { limit: 'limit', cursor: 'starting_after' },
        response: { items: '/data', more: '/has_more', last: '/id' },
      },
    ],
    [
      'the address of the next page',
      {
        query: ['offset', 'limit'],
        answer: object({
          results: things,
          count: { type: 'integer' },
          next: { type: ['string', 'null'], format: 'uri' },
        }),
      },
      {
        kind: 'link',
        request: { page: 'offset', limit: 'limit' },
        response: { items: '/results', next: '/next', total: '/count' },
      },
    ],
    [
      'links as objects',
      {
        query: ['page'],
        answer: object({ data: things, links: object({ next: object({ href: text }) }) }),
      },
      { kind: 'link', request: { page: 'page' }, response: { items: '/data', next: '/links/next/href' } },
    ],
    [
      'a Link header',
      { query: ['page', 'per_page'], answer: things, headers: { Link: { schema: text } } },
      {
        kind: 'link',
        request: { page: 'page', limit: 'per_page' },
        response: { items: '', next: 'link-header' },
      },
    ],
    [
      'a list among others, by the path',
      { query: ['page'], answer: object({ Notes: things, Things: things, Warnings: things }) },
      { kind: 'page', request: { page: 'page' }, response: { items: '/Things' } },
    ],
    [
      'an answer that only an example shows',
      {
        query: [{ name: 'start_cursor', type: 'string' }],
        answer: { type: 'object' },
        example: { results: [{ id: 'a' }], next_cursor: 'b' },
      },
      {
        kind: 'cursor',
        request: { cursor: 'start_cursor' },
        response: { items: '/results', next: '/next_cursor' },
      },
    ],
    [
      'members of allOf, and names that need escaping',
      {
        query: ['page'],
        answer: { allOf: [object({ 'a/b': things }), object({ total_count: { type: 'integer' } })] },
      },
      { kind: 'page', request: { page: 'page' }, response: { items: '/a~1b', total: '/total_count' } },
    ],
    [
      'what x-ms-pageable says',
      {
        answer: object({ rows: things, nextLink: text }),
        more: { 'x-ms-pageable': { nextLinkName: 'nextLink', itemName: 'rows' } },
      },
      { kind: 'link', request: {}, response: { items: '/rows', next: '/nextLink' } },
    ],
    [
      'what x-speakeasy-pagination says',
      {
        query: [{ name: 'from', type: 'string' }],
        answer: object({ rows: things, more: text }),
        more: {
          'x-speakeasy-pagination': {
            type: 'cursor',
            inputs: [{ name: 'from', in: 'parameters', type: 'cursor' }],
            outputs: { nextCursor: '$.more', results: '$.rows' },
          },
        },
      },
      { kind: 'cursor', request: { cursor: 'from' }, response: { items: '/rows', next: '/more' } },
    ],
  ])('%s', async (_, listing, expected) => {
    expect(await paging(listing)).toEqual(expected);
  });

  test.each<[string, Listing]>([
    ['a limit alone', { query: ['limit'], answer: things }],
    ['no list', { query: ['page'], answer: object({ id: text }) }],
    ['two lists of which none stands out', { query: ['page'], answer: object({ a: things, b: things }) }],
    ['a cursor that no answer gives', { query: [cursor], answer: things }],
    ['a date called after', { query: [{ name: 'after', type: 'string', format: 'date' }], answer: things }],
    ['a page of text', { query: [{ name: 'page', type: 'string' }], answer: things }],
  ])('nothing is guessed from %s', async (_, listing) => {
    expect(await paging(listing)).toBeUndefined();
  });
});

test('a search in a body is paged by members of the body', async () => {
  const { blueprint } = await readText({
    openapi: '3.0.0',
    paths: {
      '/search': {
        post: {
          requestBody: {
            content: {
              'application/json': { schema: object({ start_cursor: text, page_size: { type: 'integer' } }) },
            },
          },
          responses: {
            200: {
              description: 'ok',
              content: {
                'application/json': {
                  schema: object({ results: things, next_cursor: text, has_more: { type: 'boolean' } }),
                },
              },
            },
          },
        },
      },
    },
    components: { schemas: { Thing: { type: 'object' } } },
  });
  expect(operationAt(blueprint, 'POST /search').pagination).toEqual({
    kind: 'cursor',
    request: { limit: 'body.page_size', cursor: 'body.start_cursor' },
    response: { items: '/results', next: '/next_cursor', more: '/has_more' },
  });
});
