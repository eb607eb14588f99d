import type { Json, Pagination } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { operationOf, parameterOf } from '../../testing/blueprint.ts';
import { nextLink } from './link-header.ts';
import { nextPage } from './next-page.ts';
import type { PagedOperation } from './page.ts';

const end = { kind: 'end' };
const input = (values: Record<string, Json>) => ({ kind: 'input', input: values });

const keys = ['page', 'limit', 'cursor', 'offset', 'tag'];
const operationWith = (pagination: Pagination): PagedOperation => ({
  ...operationOf(
    { path: '/things', parameters: keys.map((key) => parameterOf(key)) },
    {
      input: {
        type: 'object',
        properties: { page: { type: 'integer' }, limit: { type: ['integer', 'null'] } },
      },
    },
  ),
  pagination,
});

interface Case {
  readonly args?: Record<string, Json>;
  readonly value: Json;
  readonly headers?: Record<string, string>;
  readonly url?: string;
}

const next = (pagination: Pagination, { args = {}, value, headers = {}, url }: Case) =>
  nextPage(operationWith(pagination), {
    args,
    value,
    headers,
    url: url ?? 'https://api.example.test/v1/things?limit=2&tag=a',
  });

describe('a cursor', () => {
  const byNext: Pagination = {
    kind: 'cursor',
    request: { cursor: 'cursor', limit: 'limit' },
    response: { items: '/data', next: '/meta/next' },
  };

  test.each([
    [{ data: [1], meta: { next: 'abc' } }, input({ cursor: 'abc' })],
    [{ data: [], meta: { next: 'abc' } }, input({ cursor: 'abc' })],
    [{ data: [1], meta: { next: 7 } }, input({ cursor: 7 })],
    [{ data: [1], meta: { next: 9_007_199_254_740_993n } }, input({ cursor: 9_007_199_254_740_993n })],
    [{ data: [1], meta: { next: null } }, end],
    [{ data: [1], meta: { next: '' } }, end],
    [{ data: [1], meta: { next: false } }, end],
    [{ data: [1] }, end],
    [{ error: 'no list' }, end],
    [{ data: [1], meta: { next: 'same' } }, end],
  ])('%j is followed by %j', (value, expected) => {
    expect(next(byNext, { args: { cursor: 'same' }, value })).toEqual(expected);
  });

  test('may be a member of the last item, while the answer says that there is more', () => {
    const byLast: Pagination = {
      kind: 'cursor',
      request: { cursor: 'cursor', limit: 'limit' },
      response: { items: '/data', more: '/has_more', last: '/id' },
    };
    const page = (more: boolean): Json => ({ data: [{ id: 'a' }, { id: 'b' }], has_more: more });
    expect(next(byLast, { value: page(true) })).toEqual(input({ cursor: 'b' }));
    expect(next(byLast, { value: page(false) })).toEqual(end);
    expect(next(byLast, { value: { data: [], has_more: true } })).toEqual(end);
  });

  test('may travel in the body', () => {
    const inBody: Pagination = {
      ...byNext,
      request: { cursor: 'body.start_cursor' },
      response: { items: '/results', next: '/next_cursor' },
    };
    expect(next(inBody, { value: { results: [1], next_cursor: 'c' } })).toEqual(
      input({ 'body.start_cursor': 'c' }),
    );
    const args = { body: { start_cursor: 'c' } };
    expect(next(inBody, { args, value: { results: [1], next_cursor: 'c' } })).toEqual(end);
  });
});

describe('a count', () => {
  const byPage: Pagination = {
    kind: 'page',
    request: { page: 'page', limit: 'limit' },
    response: { items: '' },
    pageSize: 2,
  };
  const byOffset: Pagination = {
    kind: 'offset',
    request: { page: 'offset', limit: 'limit' },
    response: { items: '/items', total: '/total' },
  };

  test.each<[string, Pagination, Case, object]>([
    ['a full page', byPage, { args: {}, value: [1, 2] }, input({ page: 2 })],
    ['a later full page', byPage, { args: { page: 4 }, value: [1, 2] }, input({ page: 5 })],
    ['pages from nought', { ...byPage, firstPage: 0 }, { args: {}, value: [1, 2] }, input({ page: 1 })],
    ['a short page', byPage, { args: { page: 4 }, value: [1] }, end],
    ['an empty page', byPage, { args: { page: 4 }, value: [] }, end],
    [
      'less than asked for, but a page',
      byPage,
      { args: { limit: 1_000 }, value: [1, 2, 3] },
      input({ page: 2 }),
    ],
    [
      'a short page of an unknown size',
      { ...byPage, pageSize: undefined },
      { args: {}, value: [1] },
      input({ page: 2 }),
    ],
    ['an offset', byOffset, { args: { limit: 2 }, value: { items: [1, 2], total: 5 } }, input({ offset: 2 })],
    ['a last offset', byOffset, { args: { offset: 3 }, value: { items: [1, 2], total: '5' } }, end],
    [
      'an offset that was cut short',
      byOffset,
      { args: { limit: 9 }, value: { items: [1, 2], total: 5 } },
      input({ offset: 2 }),
    ],
  ])('%s', (_, pagination, given, expected) => {
    expect(next(pagination, given)).toEqual(expected);
  });

  test('gives way to what the answer says', () => {
    const told: Pagination = { ...byPage, response: { items: '/items', next: '/next' } };
    expect(next(told, { value: { items: [1], next: 9 } })).toEqual(input({ page: 9 }));
    expect(next(told, { value: { items: [1], next: true } })).toEqual(input({ page: 2 }));
    expect(next(told, { value: { items: [1, 2], next: null } })).toEqual(end);
    const more: Pagination = { ...byPage, response: { items: '/items', more: '/more' } };
    expect(next(more, { value: { items: [1], more: true } })).toEqual(input({ page: 2 }));
    expect(next(more, { value: { items: [1, 2], more: false } })).toEqual(end);
  });
});

describe('a link', () => {
  const byHeader: Pagination = {
    kind: 'link',
    request: { page: 'page', limit: 'limit' },
    response: { items: '', next: 'link-header' },
  };
  const here = 'https://api.example.test/v1/things';
  const linked = (address: string, args: Record<string, Json> = {}) =>
    next(byHeader, { args, value: [1], headers: { link: `<${address}>; rel="next"` } });

  test.each([
    ['a page', `${here}?limit=2&tag=a&page=2`, input({ page: 2 })],
    ['a relative one', '/v1/things?limit=3&tag=a&page=2', input({ limit: 3, page: 2 })],
    [
      'a name that is no input',
      `${here}?limit=2&tag=a&after=x`,
      { kind: 'url', url: `${here}?limit=2&tag=a&after=x` },
    ],
    ['an input that is gone', `${here}?limit=2&page=2`, { kind: 'url', url: `${here}?limit=2&page=2` }],
    [
      'another path',
      'https://api.example.test/v1/next/7',
      { kind: 'url', url: 'https://api.example.test/v1/next/7' },
    ],
    ['the name the world knows', 'https://public.test/v1/things?limit=2&tag=a&page=2', input({ page: 2 })],
    ['another host', 'https://evil.test/collect?page=2', end],
    ['the page itself', `${here}?limit=2&tag=a`, end],
    ['no address', 'https://', end],
  ])('to %s', (_, address, expected) => {
    expect(linked(address)).toEqual(expected);
  });

  test('in the answer is read as well', () => {
    const inBody: Pagination = { ...byHeader, response: { items: '/data', next: '/links/next' } };
    const value = { data: [1], links: { next: `${here}?limit=2&tag=a&cursor=x%2Fy` } };
    expect(next(inBody, { value })).toEqual(input({ cursor: 'x/y' }));
    expect(next(inBody, { value: { data: [1], links: {} } })).toEqual(end);
  });

  test.each([
    ['<https://a.test/?b=1,2>; rel="next", <https://a.test/>; rel=first', 'https://a.test/?b=1,2'],
    ['</p>; title="a, \\"b\\""; rel="prev", </n>;rel="last next"', '/n'],
    ['</n>; REL=Next; foo', '/n'],
    ['</p>; rel="prev"', undefined],
    ['junk', undefined],
  ])('is found in %j', (header, address) => {
    expect(nextLink(header)).toBe(address);
  });
});
