import type { Json, Pagination } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { operationOf, parameterOf } from '../../testing/blueprint.ts';
import { readInput } from './input-key.ts';
import { readPages, type Asked, type PageReading, type Wanted } from './read-pages.ts';

const pagination: Pagination = {
  kind: 'page',
  request: { page: 'page', limit: 'limit' },
  response: { items: '/items' },
  pageSize: 2,
};
const properties = { page: { type: 'integer' }, limit: { type: 'integer' } };
const operation = {
  ...operationOf(
    { parameters: [parameterOf('page'), parameterOf('limit')] },
    { input: { type: 'object', properties } },
  ),
  pagination,
};

/** A service of `count` items, two a page. */
function service(count: number) {
  const asked: Wanted[] = [];
  const ask = (wanted: Wanted): Promise<Asked> => {
    asked.push(wanted);
    const page = Number(readInput(wanted.args, 'page') ?? 1);
    const size = Number(readInput(wanted.args, 'limit') ?? 2);
    const all = Array.from({ length: count }, (_, index) => index);
    const value: Json = { page, items: all.slice((page - 1) * size, page * size) };
    return Promise.resolve({
      kind: 'page',
      page: { args: wanted.args, url: 'http://a.test/', value, headers: {} },
    });
  };
  return { asked, ask };
}

const reading = (parts: Partial<PageReading> & Pick<PageReading, 'ask'>): PageReading => ({
  operation,
  maxItems: 1_000,
  maxBytes: 1_000_000,
  progress: () => undefined,
  now: () => 0,
  ...parts,
});

test('pages are read to the last one, in the form of the last answer, and progress is told', async () => {
  const told: unknown[] = [];
  const progress = (...said: unknown[]): unknown => told.push(said);
  expect(await readPages(reading({ ...service(5), progress }), {})).toEqual({
    kind: 'pages',
    value: { page: 3, items: [0, 1, 2, 3, 4] },
    items: 5,
    pages: 3,
  });
  expect(told).toEqual([
    [2, undefined, '2 items of 1 pages'],
    [4, undefined, '4 items of 2 pages'],
  ]);
});

test('a number of items ends it; what of a page was not taken can be read again', async () => {
  expect(await readPages(reading({ ...service(9), maxItems: 4 }), {})).toMatchObject({
    items: 4,
    pages: 2,
    stopped: { why: '4 items were asked for', next: { page: 3 } },
  });
  expect(await readPages(reading({ ...service(9), maxItems: 3 }), {})).toMatchObject({
    value: { items: [0, 1, 2] },
    stopped: { why: '3 items were asked for, and the last page has 1 more', next: { page: 2 } },
  });
});

test('the page size is what needs few calls: the largest that is allowed, never more than is wanted', async () => {
  const wide = {
    ...operation,
    input: { type: 'object', properties: { ...properties, limit: { maximum: 50 } } },
  };
  const many = service(120);
  await readPages(reading({ ...many, operation: wide }), {});
  expect(many.asked.map(({ args }) => args)).toEqual([
    { limit: 50 },
    { limit: 50, page: 2 },
    { limit: 50, page: 3 },
  ]);
  const own = service(3);
  await readPages(reading({ ...own, operation: wide }), { limit: 1, page: 3 });
  expect(own.asked.map(({ args }) => args)).toEqual([
    { limit: 1, page: 3 },
    { limit: 1, page: 4 },
  ]);
  const one = service(9);
  await readPages(reading({ ...one, maxItems: 1 }), {});
  expect(one.asked.map(({ args }) => args)).toEqual([{ limit: 1 }]);
});

test('bytes and time end it, and a page too many is named for the next call', async () => {
  expect(await readPages(reading({ ...service(9), maxBytes: 10 }), {})).toMatchObject({
    items: 4,
    stopped: { why: 'more would be over 10 bytes', next: { page: 3 } },
  });
  let now = 0;
  expect(await readPages(reading({ ...service(9), now: () => (now += 30_000) }), {})).toMatchObject({
    items: 4,
    stopped: { why: 'one call reads for 45 seconds', next: { page: 3 } },
  });
});

test('a service that always answers the same page is asked twice', async () => {
  const { ask } = service(2);
  const same = reading({ ask: ({ args }) => ask({ args: { ...args, page: 1 }, url: undefined }) });
  expect(await readPages(same, {})).toMatchObject({
    items: 2,
    pages: 1,
    stopped: { why: 'the service answered the same page again', next: undefined },
  });
});

test('what was read before a failure is kept; a first failure is a failure; "not found" is the end of counted pages', async () => {
  const failing = (at: number, status: number | undefined): PageReading => {
    const { ask } = service(9);
    return reading({
      ask: async (wanted) =>
        Number(wanted.args['page'] ?? 1) < at ? ask(wanted) : { kind: 'failed', status, words: 'it failed' },
    });
  };
  expect(await readPages(failing(3, 500), {})).toMatchObject({
    items: 4,
    stopped: { why: 'the next page failed: it failed', next: { page: 3 } },
  });
  expect(await readPages(failing(1, 500), {})).toEqual({ kind: 'failed', status: 500, words: 'it failed' });
  expect(await readPages(failing(3, 404), {})).toMatchObject({ items: 4, stopped: undefined });
});

test('an answer without the list is handed on as it is', async () => {
  const ask = (): Promise<Asked> =>
    Promise.resolve({
      kind: 'page',
      page: { args: {}, url: 'http://a.test/', value: { other: 1 }, headers: {} },
    });
  expect(await readPages(reading({ ask }), {})).toMatchObject({ value: { other: 1 }, items: 0, pages: 1 });
});
