import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { readText } from '../../readers/graphql/testing.ts';
import { createMirror, type Mirror, type MirrorOptions } from '../mirror.ts';
import { createState } from '../state/store.ts';

const text = readFileSync(new URL('../../golden/graphql/shop/input.graphql', import.meta.url), 'utf8');
const { blueprint } = await readText(text);
const shop = (options: MirrorOptions = {}): Mirror => createMirror(blueprint, options);

async function post(mirror: Mirror, body: Json, headers: Record<string, string> = {}): Promise<Response> {
  return mirror.fetch(
    new Request('http://mirror.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

async function run(
  mirror: Mirror,
  query: string,
  variables: JsonObject = {},
): Promise<Record<string, unknown>> {
  return (await (await post(mirror, { query, variables })).json()) as Record<string, unknown>; // an answer is an object
}

const DRAFT = { sku: 'S-1', name: 'Lamp', price: 1200, makerId: 'maker-2' };
const CREATE =
  'mutation($input: ProductDraft!) { createProduct(input: $input) { product { id currency createdAt maker { id } related { id } reviews { totalCount } } problems { message } clientMutationId } }';

describe('what is kept', () => {
  test('is changed and removed several at a time, all that are named or none', async () => {
    const sdl = `
      type Order { id: ID! status: String }
      type Removed { deletedIds: [ID!]! deletedCount: Int! problems: [String!]! }
      type Query { order(id: ID!): Order orders: [Order!]! }
      type Mutation {
        deleteOrders(ids: [ID!]!): Removed!
        removeOrders(orderIds: [ID!]!): [ID!]!
        purgeOrders(ids: [ID!]!): Int!
        updateOrders(ids: [ID!]!, status: String!): [Order!]!
      }`;
    const mirror = createMirror((await readText(sdl)).blueprint);
    const ask = async (query: string): Promise<unknown> => (await run(mirror, query))['data'];
    const found = (await ask('{ orders { id } }')) as { orders: { id: string }[] }; // as the query says
    const [a = '', b = '', c = '', d = ''] = found.orders.map(({ id }) => id);
    expect(
      await ask(`mutation { updateOrders(ids: ["${a}", "${b}"], status: "paid") { id status } }`),
    ).toEqual({
      updateOrders: [
        { id: a, status: 'paid' },
        { id: b, status: 'paid' },
      ],
    });
    expect(
      await ask(`mutation { deleteOrders(ids: ["${a}", "${b}"]) { deletedIds deletedCount problems } }`),
    ).toEqual({ deleteOrders: { deletedIds: [a, b], deletedCount: 2, problems: [] } });
    expect(await run(mirror, `mutation { removeOrders(orderIds: ["${c}", "${a}"]) }`)).toMatchObject({
      errors: [{ message: `There is no Order with the id "${a}".`, extensions: { code: 'NOT_FOUND' } }],
    });
    expect(await ask(`mutation { removeOrders(orderIds: ["${c}"]) purgeOrders(ids: ["${d}"]) }`)).toEqual({
      removeOrders: [c],
      purgeOrders: 1,
    });
    expect(
      await ask('mutation { deleteOrders(ids: []) { deletedIds deletedCount } purgeOrders(ids: []) }'),
    ).toEqual({
      deleteOrders: { deletedIds: [], deletedCount: 0 },
      purgeOrders: 0,
    });
    const after = (await ask('{ orders { id } }')) as { orders: { id: string }[] }; // as the query says
    expect(after.orders.map(({ id }) => id).filter((id) => [a, b, c, d].includes(id))).toEqual([]);
  });

  test('is made, read back, changed, found and removed', async () => {
    const mirror = shop();
    expect(await run(mirror, CREATE, { input: DRAFT })).toEqual({
      data: {
        createProduct: {
          product: {
            id: 'product-4',
            currency: 'EUR',
            createdAt: '2026-01-01T00:00:00.000Z',
            maker: { id: 'maker-2' },
            related: [],
            reviews: { totalCount: 0 },
          },
          problems: [],
          clientMutationId: null,
        },
      },
    });
    expect(
      await run(mirror, 'mutation { productUpdate(id: "product-4", name: "Big lamp") { name price } }'),
    ).toEqual({
      data: { productUpdate: { name: 'Big lamp', price: 1200 } },
    });
    expect(
      await run(
        mirror,
        '{ product(id: "product-4") { name } productBy(by: { sku: "S-1" }) { id } node(id: "product-4") { __typename } }',
      ),
    ).toEqual({
      data: {
        product: { name: 'Big lamp' },
        productBy: { id: 'product-4' },
        node: { __typename: 'Product' },
      },
    });
    expect(await run(mirror, '{ search(text: "big") { __typename ... on Product { name } } }')).toEqual({
      data: { search: [{ __typename: 'Product', name: 'Big lamp' }] },
    });
    expect(await run(mirror, 'mutation { deleteProduct(id: "product-4") { deletedId } }')).toEqual({
      data: { deleteProduct: { deletedId: 'product-4' } },
    });
    expect(await run(mirror, '{ product(id: "product-4") { id } }')).toEqual({ data: { product: null } });
    expect(await run(mirror, 'mutation { deleteProduct(id: "product-4") { deletedId } }')).toMatchObject({
      errors: [{ path: ['deleteProduct'], extensions: { code: 'NOT_FOUND' } }],
      data: null,
    });
  });

  test('is what every interface of the mirror shares, and a snapshot puts back', async () => {
    const state = createState();
    const mirror = shop({ state });
    await run(mirror, CREATE, { input: DRAFT });
    expect(state.get('Product', { id: 'product-4' })?.value).toMatchObject({
      name: 'Lamp',
      maker: { $id: 'maker-2' },
    });
    const kept = state.snapshot();
    state.reset();
    expect(await run(mirror, '{ products { totalCount } }')).toEqual({
      data: { products: { totalCount: 3 } },
    });
    state.restore(kept);
    expect(await run(mirror, '{ products { totalCount } }')).toEqual({
      data: { products: { totalCount: 4 } },
    });
  });

  test('is the same for the same seed, and refers to itself', async () => {
    const query = '{ products { nodes { id name price createdAt maker { id name } } } }';
    const [one, same, other] = [shop(), shop(), shop({ seed: 2 })];
    const answer = await run(one, query);
    expect(await run(same, query)).toEqual(answer);
    expect(await run(other, query)).not.toEqual(answer);
    expect(await run(one, query)).toEqual(answer);
  });

  test('an identifier that nobody made stands for something, unless the mirror is to refuse it', async () => {
    const query = '{ product(id: "whatever") { id } }';
    expect(await run(shop(), query)).toEqual({ data: { product: { id: 'whatever' } } });
    expect(await run(shop({ unknownIds: 'refuse' }), query)).toEqual({ data: { product: null } });
  });
});

describe('lists', () => {
  test('come in pages, forward and backward', async () => {
    const mirror = shop({ seedRows: 5 });
    const page = async (args: string): Promise<[string[], JsonObject]> => {
      const { data } = (await run(
        mirror,
        `{ products${args} { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`,
      )) as {
        data: { products: { nodes: { id: string }[]; pageInfo: JsonObject } };
      }; // as the query says
      return [data.products.nodes.map(({ id }) => id.replace('product-', '')), data.products.pageInfo];
    };
    const [first, info] = await page('(first: 2)');
    expect([first, info['hasNextPage'], info['hasPreviousPage']]).toEqual([['1', '2'], true, false]);
    const [second, next] = await page(`(first: 2, after: ${JSON.stringify(info['endCursor'])})`);
    expect([second, next['hasNextPage'], next['hasPreviousPage']]).toEqual([['3', '4'], true, true]);
    const [last, end] = await page('(last: 2)');
    expect([last, end['hasNextPage'], end['hasPreviousPage']]).toEqual([['4', '5'], false, true]);
    const [before] = await page(`(last: 1, before: ${JSON.stringify(end['startCursor'])})`);
    expect(before).toEqual(['3']);
    expect(await run(mirror, '{ products(first: 1, after: "no") { totalCount } }')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('are filtered by what the arguments say', async () => {
    const mirror = shop();
    await run(mirror, CREATE, { input: DRAFT });
    const count = async (filter: string): Promise<unknown> =>
      (await run(mirror, `{ products(filter: ${filter}) { totalCount } }`))['data'];
    expect(await count('{ name: "Lamp" }')).toEqual({ products: { totalCount: 1 } });
    expect(await count('{ price: { from: 1200, to: 1200 } }')).toEqual({ products: { totalCount: 1 } });
    expect(await count('{ price: { from: 1201 } }')).toEqual({ products: { totalCount: 0 } });
    expect(await count('{ not: { name: "Lamp", currency: null }, currency: null }')).toEqual({
      products: { totalCount: 3 },
    });
    expect(await count('{ and: [{ name: "Lamp" }, { price: { to: 1 } }] }')).toEqual({
      products: { totalCount: 0 },
    });
  });
});

describe('over HTTP', () => {
  test.each<[string, Json, number, string]>([
    ['no JSON object', [], 400, 'Several requests in one'],
    ['no query', {}, 400, 'has no `query`'],
    ['wrong variables', { query: '{ version }', variables: [1] }, 400, '`variables` is no JSON object'],
    ['no GraphQL', { query: '{' }, 400, 'Syntax Error'],
    ['an unknown field', { query: '{ versoin }' }, 400, 'Did you mean "version"'],
    ['an unknown operation', { query: 'query A { version }', operationName: 'B' }, 400, 'operationName'],
    ['a subscription', { query: 'subscription { ticks }' }, 406, 'text/event-stream'],
  ])('%s is refused', async (_, body, status, message) => {
    const response = await post(shop(), body, { accept: 'application/graphql-response+json' });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining(message) as string }],
    });
  });

  test('queries come by GET too, mutations do not', async () => {
    const get = (query: string): Promise<Response> =>
      shop().fetch(new Request(`http://mirror.test/graphql?query=${encodeURIComponent(query)}`));
    expect((await get('{ version }')).status).toBe(200);
    expect((await get('mutation { deleteProduct(id: 1) { deletedId } }')).status).toBe(405);
  });

  test('files come in forms', async () => {
    const form = new FormData();
    const query = 'mutation($f: Upload!) { addPicture(productId: "product-1", file: $f) { id } }';
    form.append('operations', JSON.stringify({ query, variables: { f: null } }));
    form.append('map', JSON.stringify({ a: ['variables.f'] }));
    form.append('a', new Blob(['x']), 'x.txt');
    const request = new Request('http://mirror.test/graphql', { method: 'POST', body: form });
    expect(await (await shop().fetch(request)).json()).toEqual({ data: { addPicture: { id: 'product-1' } } });
  });

  test('it tells its schema', async () => {
    const { data } = await run(
      shop(),
      '{ __schema { queryType { name } mutationType { name } } __type(name: "Product") { description fields { name } } }',
    );
    expect(data).toMatchObject({
      __schema: { queryType: { name: 'Query' }, mutationType: { name: 'Mutation' } },
    });
  });

  test('credentials are asked for where the mirror is strict and the service names them', async () => {
    const strict = createMirror(
      { ...blueprint, auth: { ...blueprint.auth, default: [{ bearer: [] }] } },
      { strictAuth: true },
    );
    expect((await post(strict, { query: '{ version }' })).status).toBe(401);
    expect((await post(strict, { query: '{ version }' }, { authorization: 'Bearer x' })).status).toBe(200);
  });

  test('what stands in for the service is asked first, and told which operation is called', async () => {
    const seen: string[] = [];
    const override: MirrorOptions['override'] = ({ operation }) => {
      seen.push(operation.name);
      return operation.name === 'get_version' ? Response.json({ data: { version: 'replayed' } }) : undefined;
    };
    const mirror = shop({ override });
    expect(await run(mirror, '{ version }')).toEqual({ data: { version: 'replayed' } });
    expect(await run(mirror, '{ products { totalCount } }')).toEqual({
      data: { products: { totalCount: 3 } },
    });
    expect(seen).toEqual(['get_version', 'list_products']);
  });
});

test('a deed leaves its traces: a state, a flag, a time', async () => {
  const schema = `type Query { issue(id: ID!): Issue }
    type Issue { id: ID! state: IssueState! closed: Boolean! closedAt: String title: String! }
    enum IssueState { OPEN CLOSED }
    type Mutation { createIssue(title: String!): Issue closeIssue(id: ID!): Issue reopenIssue(id: ID!): Issue }`;
  const read = await readText(schema);
  const mirror = createMirror(read.blueprint);
  const fields = '{ id state closed closedAt title }';
  await run(mirror, `mutation { createIssue(title: "Broken") ${fields} }`);
  expect(await run(mirror, `mutation { closeIssue(id: "issue-4") ${fields} }`)).toMatchObject({
    data: {
      closeIssue: {
        state: 'CLOSED',
        closed: true,
        closedAt: expect.stringMatching(/^2026-/) as string,
        title: 'Broken',
      },
    },
  });
  expect(await run(mirror, `mutation { reopenIssue(id: "issue-4") ${fields} }`)).toMatchObject({
    data: { reopenIssue: { state: 'OPEN', closed: false, closedAt: null } },
  });
});
